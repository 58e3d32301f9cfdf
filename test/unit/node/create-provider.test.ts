import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { decode, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeProviderWorkerScript } from "../../../node/build/node-worker.ts";
import { runCreateProvider } from "../../../node/cli/create-provider.ts";
import { threadProviderRuntime } from "../../../node/index.ts";
import { MemoryStore } from "../../../src/index.ts";
import { startTestHost } from "../../support/node-host.ts";

const CONTRACT = "wasmcloud:keyvalue";
let folder: string;
let lines: string[];
let errors: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-create-"));
});
afterEach(() => rm(folder, { recursive: true }));

function create(...args: string[]): Promise<number> {
  lines = [];
  errors = [];
  return runCreateProvider(args, folder, {
    out: (line) => lines.push(line),
    err: (line) => errors.push(line),
  });
}

/** Runs a script of the folder that was made, in a process without what vitest puts into the environment. */
async function run(...args: string[]): Promise<string> {
  const { PATH } = process.env;
  const cwd = join(folder, "greeter");
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env: { PATH } });
  return stdout;
}

describe("a provider that was created", () => {
  it("passes its test, is built, and serves actors", { timeout: 60_000 }, async () => {
    expect(await create("greeter", "--contract", CONTRACT, "--vendor", "Tests & Söhne")).toBe(0);
    expect(errors).toEqual([]);
    expect(lines.at(-1)).toBe("next     cd greeter && npm test && npm run build");
    const { scripts } = JSON.parse(await readFile(join(folder, "greeter/package.json"), "utf8"));
    expect(scripts).toEqual({ test: "node --test", build: "node build.mjs" });
    expect(await run("--test", "--test-reporter=tap")).toContain("# pass 4");
    const [, id] = /^subject {2}(V\w{55})$/m.exec(await run("build.mjs")) ?? [];
    expect(lines[0]).toBe(`provider ${id}`);

    const { host, start, call } = await startTestHost({
      configure: (builder) =>
        builder
          .withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript }))
          .withStore(new MemoryStore()),
    });
    const archive = await readFile(join(folder, "greeter/greeter.par.gz"));
    await host.startProviderArchive(new Uint8Array(archive), { grants: { storage: true } });
    const { key } = await start("faulty");
    await host.setLink({
      actorId: key,
      providerId: id ?? "",
      contractId: CONTRACT,
      linkName: "default",
      values: { GREETING: "Good morning" },
    });
    const payload = encode({ name: "Ada" });
    for (const count of [1, 2]) {
      const answer = await call(key, "Call", { target: CONTRACT, operation: "Greet", payload });
      expect(decode(answer)).toEqual({ greeting: "Good morning, Ada!", count });
    }
    await host.beat();
    const { providers } = await host.describe();
    expect(providers.at(-1)).toMatchObject({ id, name: "greeter", health: { state: "running" } });
  });

  it("is the one in the documentation, and keeps its seeds to itself", async () => {
    expect(await create("greeter")).toBe(0);
    const code = await readFile(join(folder, "greeter/provider.mjs"), "utf8");
    const docs = await readFile(new URL("../../../docs/providers.md", import.meta.url), "utf8");
    const [, shown = "nothing"] = /```js\n([\s\S]+?)```/.exec(docs) ?? [];
    expect(code.startsWith(shown)).toBe(true);
    expect(await readFile(join(folder, "greeter/.gitignore"), "utf8")).toContain("keys/");
    for (const seed of ["account", "provider"]) {
      expect((await stat(join(folder, `greeter/keys/${seed}.seed`))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(folder, "greeter/build.mjs"), "utf8")).toContain("example:greeter");
  });
});

describe("creating a provider", () => {
  it.each(["Greeter", "9lives", "a/b", "../up", ".hidden", "with space", "", "x".repeat(64)])(
    "refuses the name %j, and makes nothing",
    async (name) => {
      expect(await create(name)).toBe(2);
      expect(errors[0]).toContain("no name for a provider");
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("leaves a folder alone that is there already", async () => {
    expect(await create("greeter")).toBe(0);
    await writeFile(join(folder, "greeter/provider.mjs"), "mine");
    expect(await create("greeter")).toBe(1);
    expect(errors[0]).toMatch(/greeter is there already/);
    expect(await readFile(join(folder, "greeter/provider.mjs"), "utf8")).toBe("mine");
  });

  it("says what is wrong with its arguments, and shows them", async () => {
    expect(await create()).toBe(2);
    expect(await create("one", "two")).toBe(2);
    expect(await create("one", "--colour", "red")).toBe(2);
    expect(await create("one", "--vendor", 'a"b')).toBe(2);
    expect(await create("one", "--in", join(folder, "nowhere"))).toBe(1);
    expect(await create("--help")).toBe(0);
    expect(lines.join()).toContain("--contract ID");
    expect(await readdir(folder)).toEqual([]);
  });
});
