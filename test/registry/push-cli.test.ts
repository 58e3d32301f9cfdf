import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runPush } from "../../node/cli/push.ts";
import { RegistryClient } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { registryUser } from "../support/docker-registry.ts";
import { useRegistry } from "../support/registry.ts";

const registry = useRegistry(() => ({ auth: "basic" }));
const environment = { OCI_REGISTRY_USER: registryUser.user, OCI_REGISTRY_PASSWORD: registryUser.password };
const archive = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(40)]);
let folder: string;
let lines: string[];
let errors: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-push-"));
  const { bytes } = testActor("echo");
  const changed = bytes.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await writeFile(at("echo.wasm"), bytes);
  await writeFile(at("changed.wasm"), changed);
  await writeFile(at("unsigned.wasm"), Buffer.from("0061736d01000000", "hex"));
  await writeFile(at("kv.par.gz"), archive);
  await writeFile(at("notes.txt"), "hello");
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  lines = [];
  errors = [];
});

function at(file: string): string {
  return join(folder, file);
}

function run(args: readonly string[], variables: NodeJS.ProcessEnv = environment): Promise<number> {
  return runPush(args, variables, { out: (line) => lines.push(line), err: (line) => errors.push(line) });
}

describe("the pushing tool", () => {
  test.each([
    ["echo.wasm", "application/vnd.module.wasm.content.layer.v1+wasm"],
    ["kv.par.gz", "application/vnd.wasmcloud.provider.archive.layer.v1+par"],
  ])("pushes %s for what it is, and says under which names", async (file, mediaType) => {
    const { name } = registry.current;
    expect(await run([at(file), `${name}/pushed/it:1`, "--insecure"])).toBe(0);
    const client = new RegistryClient({ insecure: [name], credentials: () => registryUser });
    const pulled = await client.pull(`${name}/pushed/it:1`);
    expect(pulled.mediaType).toBe(mediaType);
    expect(lines).toEqual([
      `reference  ${name}/pushed/it:1`,
      `digest     ${name}/pushed/it@${pulled.digest}`,
    ]);
    expect(errors).toEqual([]);
  });

  test("needs both variables to log in", async () => {
    const { name } = registry.current;
    const variables = { OCI_REGISTRY_USER: registryUser.user };
    expect(await run([at("echo.wasm"), `${name}/pushed/it:1`, "--insecure"], variables)).toBe(1);
    expect(errors.join("\n")).toContain("does not let us in");
  });

  test.each([
    ["changed.wasm", 1, "signature|hash"],
    ["unsigned.wasm", 1, "token|signed|claims|module"],
    ["missing.wasm", 1, "Cannot read"],
    ["notes.txt", 2, "neither a WebAssembly module nor a provider archive"],
  ])("pushes no %s", async (file, exitCode, message) => {
    const { name } = registry.current;
    expect(await run([at(file), `${name}/pushed/bad:1`, "--insecure"])).toBe(exitCode);
    expect(errors[0]).toMatch(new RegExp(`^push: .*(${message})`, "i"));
    expect(lines).toEqual([]);
  });

  test("pushes nothing as what it is not", async () => {
    expect(await run([at("echo.wasm"), "localhost:1/a:1", "--kind", "provider"])).toBe(2);
    expect(errors[0]).toContain("not what --kind says");
  });

  test("shows its help", async () => {
    expect(await run(["--help"])).toBe(0);
    expect(lines.join("\n")).toContain("--insecure");
  });

  test.each([
    ["no arguments", []],
    ["no reference", ["a.wasm"]],
    ["too much", ["a.wasm", "r.io/a:1", "b"]],
    ["a bad reference", ["a.wasm", "A"]],
    ["a bad kind", ["a.wasm", "r.io/a:1", "--kind", "thing"]],
    ["an unknown option", ["a.wasm", "r.io/a:1", "--secure"]],
  ])("ends with 2 for %s", async (_what, args) => {
    expect(await run(args)).toBe(2);
    expect(errors.join("\n")).toContain("--help");
  });
});
