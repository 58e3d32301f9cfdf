import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { buildBundledActor } from "../../edge/build/bundled-actor.ts";
import { weblatticeEdge } from "../../edge/build/vite-plugin.ts";
import { extractToken } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { signed } from "../unit/actors/signing.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the bundle of an edge worker", () => {
  let script = "";
  let sources: string[] = [];
  let files: string[] = [];
  let imports: string[] = [];
  beforeAll(async () => {
    const result = await build({
      configFile: false,
      logLevel: "error",
      root,
      plugins: [weblatticeEdge({ entry: "edge/example/worker.ts" })],
      build: { write: false },
    });
    const [{ output }] = [result].flat() as [Rolldown.RolldownOutput];
    const [chunk] = output;
    script = chunk.code;
    imports = [...chunk.imports];
    sources = Object.entries(chunk.modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => id.replace(root, ""));
    files = output.map(({ fileName }) => fileName);
  }, 60_000);

  it("holds nothing of pages, of their workers, of Node or of other adapters", () => {
    const foreign = /^(web|node|test)\/|node_modules\/(comlink|preact|idb-keyval|ws|binaryen)\//;
    expect(sources.filter((source) => foreign.test(source))).toEqual([]);
    expect(sources).toContain("src/host/host.ts");
    // Only the names of members that pages have, not words in texts.
    expect(script).not.toMatch(/\b(document|window|localStorage|indexedDB|navigator)\.[a-z]/);
    expect(script).not.toMatch(/\bnew Worker\(|\brequire\(["']/);
  });

  it("has at most 250 KB when it is compressed, actors aside", () => {
    expect(gzipSync(script).length).toBeLessThan(250_000);
  });

  it("is one script, with the modules of its actors beside it", () => {
    expect(files.filter((name) => name.endsWith(".js"))).toEqual(["worker.js"]);
    expect(files.filter((name) => name.endsWith(".wasm")).sort()).toEqual([
      expect.stringMatching(/^actors\/echo-[0-9a-f]{16}\.wasm$/),
      expect.stringMatching(/^actors\/kvcounter-[0-9a-f]{16}\.wasm$/),
      "jspi-probe.wasm",
    ]);
    expect(imports.sort()).toEqual([
      ...files
        .filter((name) => name.endsWith(".wasm"))
        .map((name) => `./${name}`)
        .sort(),
      "cloudflare:workers",
    ]);
  });
});

describe("an actor that is built into a worker", () => {
  it("keeps its token, and is valid", async () => {
    const { bytes } = testActor("kvcounter");
    const { module, facts } = await buildBundledActor("kvcounter", bytes);
    const compiled = await WebAssembly.compile(module as Uint8Array<ArrayBuffer>);
    const [token] = WebAssembly.Module.customSections(compiled, "jwt");
    expect(new TextDecoder().decode(token)).toBe(extractToken(bytes).token);
    expect(facts).toMatchObject({ name: "kvcounter", asyncified: false, maxMemoryBytes: 67_108_864 });
    expect(facts.hash).toMatch(/^[0-9A-F]{64}$/);
  });

  it.each([
    [
      "is not signed",
      () => extractToken(testActor("echo").bytes).unsigned,
      /is embedded|extract embedded token/,
    ],
    ["was changed after signing", () => changed(testActor("echo").bytes), /Invalid module hash/],
    ["has expired", async () => (await signed("echo", { expires: 1 })).bytes, /expired/i],
    ["is no WebAssembly", () => new Uint8Array(100), /cannot be bundled/],
  ])("ends the build if it %s", async (_what, bytes, message) => {
    await expect(buildBundledActor("bad", await bytes())).rejects.toThrow(message);
    await expect(buildBundledActor("bad", await bytes())).rejects.toThrow(
      "The actor bad.wasm cannot be bundled",
    );
  });

  it("is told to expire", async () => {
    const { bytes } = await signed("echo", { expires: 4_000_000_000 });
    const { warnings } = await buildBundledActor("dated", bytes);
    expect(warnings).toEqual(["The claims of dated expire on 2096-10-02T07:06:40.000Z"]);
  });
});

function changed(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.indexOf(0x0b, 100), 0x01);
}
