import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSign } from "../../../node/cli/sign.ts";
import { readProviderArchive } from "../../../src/claims/index.ts";
import { readAskedAuthority } from "../../../src/providers/index.ts";

const CODE = "export default () => ({ handleCall: () => new Uint8Array(0) });\n";
const DAY = 86_400;
let folder: string;
let lines: string[];
let errors: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-sign-"));
  await writeFile(at("provider.mjs"), CODE);
  await run("--generate", "account", at("account.nk"));
  await run("--generate", "service", at("service.nk"));
});
afterEach(() => rm(folder, { recursive: true }));

function at(file: string): string {
  return join(folder, file);
}

function run(...args: string[]): Promise<number> {
  lines = [];
  errors = [];
  return runSign(args, { out: (line) => lines.push(line), err: (line) => errors.push(line) });
}

const keys = () => ["--issuer", at("account.nk"), "--subject", at("service.nk")];
const about = ["--contract", "wasmcloud:keyvalue", "--vendor", "Acme"];
const target = () => ["--target", `es2022-any=${at("provider.mjs")}`];

function sign(...more: string[]): Promise<number> {
  return run("--archive", at("p.par.gz"), ...target(), ...about, ...keys(), ...more);
}

async function written(file = "p.par.gz") {
  const bytes = new Uint8Array(await readFile(at(file)));
  return { bytes, ...(await readProviderArchive(bytes)) };
}

describe("the signing tool, for providers", () => {
  it("writes a signed archive, and says what it did", async () => {
    expect(await sign()).toBe(0);
    const { bytes, claims, targets } = await written();
    expect(Buffer.from(targets.get("es2022-any") ?? []).toString()).toBe(CODE);
    expect(claims).toMatchObject({ contractId: "wasmcloud:keyvalue", vendor: "Acme", revision: 0 });
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(lines).toEqual([
      `issuer   ${claims.issuer}`,
      `subject  ${claims.subject}`,
      `hash     ${claims.targetHashes["es2022-any"]} es2022-any`,
      `output   ${at("p.par.gz")}`,
    ]);
    expect(errors).toEqual([]);
  });

  it("compresses only what is named so", async () => {
    expect(await sign("--archive", at("p.par"))).toBe(0);
    const { bytes } = await written("p.par");
    expect(Buffer.from(bytes.subarray(0, 10)).toString()).toBe("claims.jwt");
  });

  it("puts all options and targets into the claims", async () => {
    await writeFile(at("native.so"), "native");
    const texts = [
      "--name",
      "Store",
      "--rev",
      "7",
      "--ver",
      "1.0",
      "--not-before",
      "2020-01-01",
      "--expires",
      "2d",
    ];
    expect(await sign("--target", `x86_64-linux=${at("native.so")}`, ...texts)).toBe(0);
    const { claims, targets } = await written();
    expect([...targets.keys()]).toEqual(["es2022-any", "x86_64-linux"]);
    expect(claims).toMatchObject({ name: "Store", revision: 7, version: "1.0", notBefore: 1_577_836_800 });
    expect(claims.expires).toBe(claims.issuedAt + 2 * DAY);
  });

  it("signs for later", async () => {
    expect(await sign("--not-before", "1h")).toBe(0);
    await expect(written()).rejects.toMatchObject({ code: "claims.not_yet_valid" });
  });

  it("shows its options", async () => {
    expect(await run("--help")).toBe(0);
    expect(lines.join("\n")).toContain("--target NAME=FILE");
  });

  it.each<[string, () => string[]]>([
    ["no target", () => [...about, ...keys()]],
    ["a target without a file", () => ["--target", "es2022-any", ...about, ...keys()]],
    ["a target twice", () => [...target(), ...target(), ...about, ...keys()]],
    ["a target of no such name", () => ["--target", `a.b=${at("provider.mjs")}`, ...about, ...keys()]],
    ["no contract", () => [...target(), "--vendor", "Acme", ...keys()]],
    ["no vendor", () => [...target(), "--contract", "c", ...keys()]],
    ["no issuer", () => [...target(), ...about, "--subject", at("service.nk")]],
    ["a file besides", () => ["more.wasm", ...target(), ...about, ...keys()]],
    ["an option of actors", () => [...target(), ...about, ...keys(), "--cap", "c"]],
    ["an actor's key", () => [...target(), ...about, ...keys(), "--subject", at("account.nk")]],
  ])("ends with 2 for %s, and writes nothing", async (_, args) => {
    expect(await run("--archive", at("p.par.gz"), ...args())).toBe(2);
    expect(errors.join("\n")).toContain("--help");
    await expect(readFile(at("p.par.gz"))).rejects.toThrow("ENOENT");
  });

  it("ends with 2 for options of archives without an archive", async () => {
    expect(await run("a.wasm", ...keys(), "--vendor", "Acme")).toBe(2);
    expect(errors[0]).toContain("--archive");
  });

  it("ends with 1 for files that are not there", async () => {
    expect(await sign("--target", `es2022-node=${at("none.mjs")}`)).toBe(1);
    expect(await sign("--issuer", at("none.nk"))).toBe(1);
    expect(errors.join("\n")).toContain("`service`");
  });
});

describe("what a provider asks for", () => {
  it("is signed with it", async () => {
    expect(await sign("--network", "api.example.com", "--network", "*.example.org", "--storage")).toBe(0);
    const { manifest, targets } = await written();
    expect(readAskedAuthority(manifest)).toEqual({
      network: ["api.example.com", "*.example.org"],
      storage: true,
    });
    expect([...targets.keys()]).toEqual(["es2022-any"]);
    expect(lines.some((line) => /^hash {5}[0-9A-F]{64} portable-manifest$/.test(line))).toBe(true);
    expect(await sign()).toBe(0);
    expect((await written()).manifest).toBeUndefined();
  });

  it("is refused if it is no host, or hidden in a target", async () => {
    expect(await sign("--network", "https://api.example.com/")).toBe(2);
    expect(errors[0]).toContain("no host such as api.example.com");
    expect(await sign("--target", `portable-manifest=${at("provider.mjs")}`)).toBe(2);
  });
});
