import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runSign } from "../../../node/cli/sign.ts";
import { verifyActorModule } from "../../../src/claims/index.ts";
import { custom, guest, guestSections, section, wasm } from "./wasm.ts";

const DAY = 86_400;
let folder: string;
let lines: string[];
let errors: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-sign-"));
  await writeFile(at("guest.wasm"), guest());
  await run("--generate", "account", at("account.nk"));
  await run("--generate", "module", at("module.nk"));
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

function sign(...more: string[]): Promise<number> {
  return run(at("guest.wasm"), "--issuer", at("account.nk"), "--subject", at("module.nk"), ...more);
}

async function signedClaims(file = "guest_signed.wasm") {
  return (await verifyActorModule(new Uint8Array(await readFile(at(file))))).claims;
}

describe("the signing tool", () => {
  it("signs beside the input, and says what it did", async () => {
    expect(await sign()).toBe(0);
    const { issuer, subject, moduleHash } = await signedClaims();
    expect(lines).toEqual([
      `issuer   ${issuer}`,
      `subject  ${subject}`,
      `hash     ${moduleHash}`,
      `output   ${at("guest_signed.wasm")}`,
    ]);
    expect(errors).toEqual([]);
  });

  it("puts all options into the claims", async () => {
    const caps = ["--cap", "wasmcloud:httpserver", "--cap", "wasmcloud:keyvalue"];
    const texts = [
      "--name",
      "Guest",
      "--tag",
      "a",
      "--tag",
      "b",
      "--alias",
      "My Guest",
      "--rev",
      "7",
      "--ver",
      "1.0",
    ];
    expect(
      await sign(...caps, ...texts, "--out", at("o.wasm"), "--not-before", "2020-01-01", "--expires", "2d"),
    ).toBe(0);
    const claims = await signedClaims("o.wasm");
    expect(claims).toMatchObject({
      name: "Guest",
      capabilities: ["wasmcloud:httpserver", "wasmcloud:keyvalue"],
      tags: ["a", "b"],
      callAlias: "my_guest",
      revision: 7,
      version: "1.0",
      notBefore: 1_577_836_800,
    });
    expect(claims.expires).toBe(claims.issuedAt + 2 * DAY);
  });

  it("signs for later", async () => {
    expect(await sign("--not-before", "1h", "--expires", "2h")).toBe(0);
    await expect(signedClaims()).rejects.toMatchObject({ code: "claims.not_yet_valid" });
  });

  it("takes the subject as a public key too", async () => {
    await sign();
    const { subject } = await signedClaims();
    await writeFile(at("module.pub"), `${subject}\n`);
    expect(await sign("--subject", at("module.pub"))).toBe(0);
    expect((await signedClaims()).subject).toBe(subject);
  });

  it("keeps seeds to their owner, and never overwrites one", async () => {
    const before = await readFile(at("account.nk"), "utf8");
    expect((await stat(at("account.nk"))).mode & 0o777).toBe(0o600);
    expect(await run("--generate", "account", at("account.nk"))).toBe(1);
    expect(errors.join("\n")).toContain("never overwritten");
    expect(await readFile(at("account.nk"), "utf8")).toBe(before);
    expect(lines.join("\n")).not.toContain(before.trim());
  });

  it("refuses what first-party hosts cannot read, unless told to sign it as it is", async () => {
    const code = section(10, [1, 5, 0, 0x41, 1, 0xc0, 0x0b]);
    await writeFile(at("guest.wasm"), wasm(...guestSections({ code })));
    expect(await sign()).toBe(1);
    expect(errors[0]).toContain("sign extension");
    expect(await sign("--as-is")).toBe(0);
    expect(errors[0]).toContain("first-party 0.18 hosts may refuse it");
  });

  it("shows its help", async () => {
    expect(await run("--help")).toBe(0);
    expect(lines.join("\n")).toContain("--issuer FILE");
  });

  it.each([
    ["no arguments", []],
    ["two files", ["a.wasm", "b.wasm"]],
    ["an unknown option", ["a.wasm", "--unknown"]],
    ["no issuer", ["a.wasm", "--subject", "m"]],
    ["a bad expiry", ["a.wasm", "--issuer", "a", "--subject", "m", "--expires", "tomorrow"]],
    ["a bad revision", ["a.wasm", "--issuer", "a", "--subject", "m", "--rev", "-1"]],
    ["a bad kind of key", ["--generate", "user", "u.nk"]],
  ])("ends with 2 for %s", async (_, args) => {
    expect(await run(...args)).toBe(2);
    expect(errors.join("\n")).toContain("--help");
    expect(lines).toEqual([]);
  });

  it("ends with 1 for files that are not what they should be", async () => {
    expect(await run(at("none.wasm"), "--issuer", at("account.nk"), "--subject", at("module.nk"))).toBe(1);
    expect(await run(at("guest.wasm"), "--issuer", at("none.nk"), "--subject", at("module.nk"))).toBe(1);
    expect(errors.join("\n")).toContain("--generate account");
    expect(await run(at("guest.wasm"), "--issuer", at("guest.wasm"), "--subject", at("module.nk"))).toBe(1);
    await writeFile(at("guest.wasm"), wasm(custom("empty")));
    expect(await sign()).toBe(1);
    expect(errors[0]).toContain("__guest_call");
  });

  it("ends with 2 for keys in the wrong place", async () => {
    expect(await sign("--issuer", at("module.nk"))).toBe(2);
    expect(errors[0]).toContain("issuer");
  });
});
