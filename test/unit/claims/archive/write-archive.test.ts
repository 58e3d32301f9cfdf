import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readProviderArchive, selectTarget, writeProviderArchive } from "../../../../src/claims/index.ts";
import { errorOf } from "../errors.ts";
import { toHex, utf8 } from "../hex.ts";
import { testKeys } from "../tokens.ts";
import { archive, NOW, signing, TARGETS } from "./archives.ts";

/** Runs GNU tar on an archive. */
async function gnuTar(bytes: Uint8Array, ...args: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weblattice-par-"));
  try {
    const file = join(folder, "provider.par");
    await writeFile(file, bytes);
    return (await promisify(execFile)("tar", [args[0] ?? "", file, ...args.slice(1)])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("writeProviderArchive", () => {
  it("writes the token first, each file under a header of the first-party form, and the end marker", async () => {
    const bytes = await archive({ targets: new Map([["es2022-any", utf8("1;\n")]]) });
    const target = bytes.subarray(-3 * 512 - 512);
    const zeros = (count: number): string => "00".repeat(count);
    const ascii = (text: string): string => toHex(utf8(text));
    const header = [
      ascii("es2022-any.bin") + zeros(86),
      zeros(24),
      ascii("00000000003\0"),
      ascii("00000000000\0"),
      ascii("0006014\0"),
      "00",
      zeros(100),
      ascii("ustar  \0"),
      zeros(247),
    ];
    expect(toHex(target)).toBe(header.join("") + ascii("1;\n") + zeros(509) + zeros(1_024));
    expect(Buffer.from(bytes.subarray(0, 11)).toString()).toBe("claims.jwt\0");
    expect(bytes.length % 512).toBe(0);
  });

  it("writes the claims in the order of the protocol", async () => {
    const { token, claims } = await readProviderArchive(
      await archive({}, { expires: NOW + 60, notBefore: NOW - 60 }),
      { now: NOW },
    );
    const [header, body] = token.split(".").map((segment) => Buffer.from(segment, "base64url").toString());
    expect(header).toBe('{"typ":"jwt","alg":"Ed25519"}');
    expect(body).toBe(
      `{"exp":${NOW + 60},"jti":"Aq3ck0n4WHOpcVYrBQzNDm","iat":${NOW},"iss":"${claims.issuer}",` +
        `"sub":"${claims.subject}","nbf":${NOW - 60},"wascap":{"name":"Test Store",` +
        `"capid":"wasmcloud:keyvalue","vendor":"Acme","rev":2,"ver":"0.2.0","target_hashes":` +
        `${JSON.stringify(claims.targetHashes)}}}`,
    );
  });

  it("writes a name that is missing as null, and leaves out what else is missing", async () => {
    const { account } = await testKeys();
    const { subject } = await signing();
    const bytes = await writeProviderArchive({ subject, contractId: "c", vendor: "v" }, account, {
      targets: new Map([["es2022-any", utf8("")]]),
      now: NOW,
    });
    const { token } = await readProviderArchive(bytes, { now: NOW });
    const body = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(Object.keys(body)).toEqual(["jti", "iat", "iss", "sub", "wascap"]);
    expect(body.jti).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(Object.keys(body.wascap)).toEqual(["name", "capid", "vendor", "target_hashes"]);
    expect(body.wascap.name).toBeNull();
  });

  it("writes the same bytes for the same input", async () => {
    expect(await archive()).toEqual(await archive());
    const packed = await archive({ compress: true });
    expect(packed).toEqual(await archive({ compress: true }));
    expect(new Uint8Array(gunzipSync(packed))).toEqual(await archive());
  });

  it("writes what GNU tar lists and extracts, packed or not", async () => {
    for (const compress of [false, true]) {
      const bytes = await archive({ compress });
      const lines = (await gnuTar(bytes, "tvf")).trim().split("\n");
      expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual([
        "claims.jwt",
        "es2022-any.bin",
        "x86_64-linux.bin",
      ]);
      expect(lines.every((line) => line.startsWith("-"))).toBe(true);
      const extracted = await gnuTar(bytes, "xOf", "es2022-any.bin");
      expect(utf8(extracted)).toEqual(TARGETS.get("es2022-any"));
    }
  });

  it("writes targets of any length that can be read again", async () => {
    const lengths = [0, 1, 511, 512, 513, 100_000];
    const targets = new Map(lengths.map((length) => [`t-${length}`, new Uint8Array(length).fill(length)]));
    const bytes = await archive({ targets, compress: true });
    expect((await readProviderArchive(bytes, { now: NOW })).targets).toEqual(targets);
  });

  it.each(["", "claims", "es2022.any", "../x", "a/b", "a b", "é", "__proto__", "a".repeat(97)])(
    "refuses the target name %j",
    async (name) => {
      const error = await errorOf(() => archive({ targets: new Map([[name, utf8("1")]]) }));
      expect(error.code).toBe("input.invalid");
    },
  );

  it("refuses an archive without targets, keys of the wrong kind, and claims that say too little", async () => {
    const { server, module, account } = await testKeys();
    const codeOf = async (action: () => Promise<unknown>) => (await errorOf(action)).code;
    const wrongIssuer = async () => writeProviderArchive(await signing(), server, { targets: TARGETS });
    expect(await codeOf(() => archive({ targets: new Map() }))).toBe("input.invalid");
    expect(await codeOf(wrongIssuer)).toBe("input.invalid");
    expect(await codeOf(() => archive({}, { subject: module.publicKey }))).toBe("input.invalid");
    expect(await codeOf(() => archive({}, { subject: account.publicKey }))).toBe("input.invalid");
    expect(await codeOf(() => archive({}, { vendor: "" }))).toBe("input.invalid");
    expect(await codeOf(() => archive({}, { contractId: "" }))).toBe("input.invalid");
    expect(await codeOf(() => archive({}, { revision: 2 ** 31 }))).toBe("claims.malformed");
  });
});

describe("selectTarget", () => {
  it("takes the first wanted target that is there", async () => {
    const read = await readProviderArchive(await archive(), { now: NOW });
    expect(selectTarget(read, ["es2022-node", "es2022-any"])).toEqual({
      target: "es2022-any",
      bytes: TARGETS.get("es2022-any"),
    });
    expect(selectTarget(read, ["x86_64-linux", "es2022-any"]).target).toBe("x86_64-linux");
  });

  it("says what the archive has instead, and why that is of no use", async () => {
    const native = new Map([["x86_64-linux", utf8("1")]]);
    const read = await readProviderArchive(await archive({ targets: native }), { now: NOW });
    const error = await errorOf(() => selectTarget(read, ["es2022-node", "es2022-any"]));
    expect(error.code).toBe("archive.no_target");
    expect(error.message).toBe(
      "No binary found in archive for target es2022-node or es2022-any; it has x86_64-linux",
    );
    expect(error.hint).toContain("cannot run here");
  });

  it("says so if the target was signed but left out", async () => {
    const { claims } = await readProviderArchive(await archive(), { now: NOW });
    const error = await errorOf(() => selectTarget({ claims, targets: new Map() }, ["es2022-any"]));
    expect(error.hint).toContain("The claims name es2022-any");
  });
});
