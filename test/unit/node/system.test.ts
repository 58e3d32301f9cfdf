import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withDeadline } from "../../../node/system/deadline.ts";
import { ensureCommand } from "../../../node/system/debian-packages.ts";
import { findCommand } from "../../../node/system/find-command.ts";
import { isLocalOrigin } from "../../../node/system/local-origin.ts";
import { startOwnedProcess } from "../../../node/system/owned-process.ts";
import { acceptsConnections, isPortFree } from "../../../node/system/ports.ts";
import { runCommand, runToEnd } from "../../../node/system/run-command.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";

const name = "weblattice-made-up-command";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function putCommand(): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "#!/bin/sh\n");
  await chmod(path, 0o755);
  return path;
}

describe("findCommand", () => {
  test("finds an executable in an extra folder", async () => {
    const path = await putCommand();
    expect(findCommand(name, [folder])).toBe(path);
    expect(findCommand(path)).toBe(path);
  });

  test("finds neither a file that is not executable nor a folder", async () => {
    await writeFile(join(folder, name), "");
    expect(findCommand(name, [folder])).toBeUndefined();
    expect(findCommand(folder)).toBeUndefined();
    expect(findCommand(name)).toBeUndefined();
  });
});

describe("ensureCommand", () => {
  const needed = { command: name, debianPackage: "made-up", elsewhere: "buy one" };
  const tools = { canInstall: () => true, install: () => Promise.resolve(), say: () => undefined };

  test("a found command is not installed", async () => {
    const path = await putCommand();
    const install = vi.fn();
    expect(await ensureCommand({ ...needed, folders: [folder] }, { ...tools, install })).toBe(path);
    expect(install).not.toHaveBeenCalled();
  });

  test("another name serves as well", async () => {
    const path = await putCommand();
    const other = { ...needed, command: `${name}-2`, alternatives: [name], folders: [folder] };
    expect(await ensureCommand(other, tools)).toBe(path);
  });

  test("a missing command is installed, and said so", async () => {
    const lines: string[] = [];
    const install = vi.fn(async () => void (await putCommand()));
    const say = (line: string): void => void lines.push(line);
    const path = await ensureCommand({ ...needed, folders: [folder] }, { ...tools, install, say });
    expect([path, install.mock.calls]).toEqual([join(folder, name), [["made-up"]]]);
    expect(lines.join("\n")).toContain("installing the Debian package made-up");
  });

  test("where nothing can be installed the error says what is missing and how to get it", async () => {
    const error = ensureCommand(needed, { ...tools, canInstall: () => false });
    await expect(error).rejects.toMatchObject({
      code: "system.command_missing",
      message: expect.stringContaining(name),
      hint: expect.stringMatching(/apt-get install made-up.*buy one/),
    });
  });

  test("a failed installation and one without the command are errors", async () => {
    const install = async (): Promise<void> => {
      throw new Error("no network");
    };
    await expect(ensureCommand(needed, { ...tools, install })).rejects.toThrow("no network");
    await expect(ensureCommand(needed, tools)).rejects.toMatchObject({ code: "system.command_missing" });
  });
});

describe("processes", () => {
  test("a command returns its output and its failure is an error", async () => {
    const options = { timeoutMs: 5000 };
    expect(await runCommand(process.execPath, ["-e", "console.log('hi')"], options)).toBe("hi\n");
    expect((await runToEnd(process.execPath, ["-e", "process.exit(3)"], options)).code).toBe(3);
    const failure = runCommand(process.execPath, ["-e", "console.error('why'); process.exit(3)"], options);
    await expect(failure).rejects.toThrow(/exit code 3: why/);
    await expect(runCommand(join(folder, name), [], options)).rejects.toMatchObject({
      code: "system.command_failed",
    });
  });

  test("a command that takes too long is ended", async () => {
    const file = join(folder, "late");
    const script = `setTimeout(() => require("fs").writeFileSync(${JSON.stringify(file)}, ""), 600)`;
    const late = runCommand(process.execPath, ["-e", script], { timeoutMs: 100 });
    await expect(late).rejects.toMatchObject({ code: "system.deadline" });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(existsSync(file)).toBe(false);
  });

  test("a child that ignores the request to end is made to, and stopping twice is fine", async () => {
    const script = "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)";
    const child = await startOwnedProcess(process.execPath, ["-e", script]);
    await expect.poll(() => child.output(), { timeout: 5000 }).toContain("ready");
    await child.stop(100);
    await child.stop();
    expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
  });

  test.each(["process.exit(0)", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)"])(
    "a child ends with its parent: %s",
    async (ending) => {
      const source = (path: string): string => new URL(`../../../node/system/${path}`, import.meta.url).href;
      const parent = join(folder, "parent.ts");
      await writeFile(
        parent,
        `import { startOwnedProcess } from ${JSON.stringify(source("owned-process.ts"))};
        import { makeScratchFolder } from ${JSON.stringify(source("scratch-folder.ts"))};
        const start = async (): Promise<void> => {
          const child = await startOwnedProcess(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
          console.log(child.pid, makeScratchFolder("test").path);
          ${ending};
        };
        void start();`,
      );
      const { output } = await runToEnd(process.execPath, ["--import", "tsx", parent], { timeoutMs: 10_000 });
      const [pid = "", scratch = ""] = output.trim().split(" ");
      expect(Number(pid)).toBeGreaterThan(0);
      await expect.poll(() => isRunning(Number(pid)), { timeout: 3000 }).toBe(false);
      expect(existsSync(scratch)).toBe(false);
    },
  );
});

test("a tool of npm learns that the one who started it was killed", async () => {
  const watch = new URL("../../../node/system/parent-watch.ts", import.meta.url).href;
  const tool = join(folder, "tool.ts");
  const told = join(folder, "told");
  await writeFile(
    tool,
    `import { writeFileSync } from "node:fs";
    import { onParentEnd } from ${JSON.stringify(watch)};
    onParentEnd(() => { writeFileSync(${JSON.stringify(told)}, ""); process.exit(); });
    setTimeout(() => {}, 20_000);
    console.log("ready");`,
  );
  const args = JSON.stringify(["--import", "tsx", tool]);
  const script = `require("child_process").spawn(process.execPath, ${args}, { stdio: "inherit" })`;
  const environment = { ...process.env, npm_lifecycle_event: "start" };
  const parent = await startOwnedProcess(process.execPath, ["-e", script], { environment });
  await expect.poll(() => parent.output(), { timeout: 10_000 }).toContain("ready");
  process.kill(parent.pid, "SIGKILL");
  await expect.poll(() => existsSync(told), { timeout: 5000 }).toBe(true);
});

/** Whether a process runs; one that has ended and waits to be collected does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return true;
}

test("a scratch folder is gone once it is removed", () => {
  const scratch = makeScratchFolder("test");
  expect(existsSync(scratch.path)).toBe(true);
  scratch.remove();
  expect(existsSync(scratch.path)).toBe(false);
});

test("a deadline passes results and errors on and ends a wait", async () => {
  expect(await withDeadline(Promise.resolve(1), 1000, "It")).toBe(1);
  await expect(withDeadline(Promise.reject(new Error("no")), 1000, "It")).rejects.toThrow("no");
  const never = withDeadline(new Promise(() => undefined), 20, "It");
  await expect(never).rejects.toMatchObject({
    code: "system.deadline",
    message: "It took longer than 20 ms.",
  });
});

test("a port is free until somebody listens", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect([await isPortFree(port), await acceptsConnections(port)]).toEqual([false, true]);
  await new Promise((resolve) => server.close(resolve));
  expect([await isPortFree(port), await acceptsConnections(port)]).toEqual([true, false]);
});

test.each([
  [undefined, true],
  ["http://localhost:8080", true],
  ["http://127.0.0.1", true],
  ["http://[::1]:3000", true],
  ["https://localhost.example", false],
  ["null", false],
])("the origin %s is local: %s", (origin, expected) => {
  expect(isLocalOrigin(origin)).toBe(expected);
});
