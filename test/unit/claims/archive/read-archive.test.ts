import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeJwt, readProviderArchive } from "../../../../src/claims/index.ts";
import { errorOf } from "../errors.ts";
import { utf8 } from "../hex.ts";
import { testKeys, withSegment } from "../tokens.ts";
import { archive, entry, NOW, signing, TARGETS, tar, tokenOver } from "./archives.ts";

const INCOMPLETE = "Not enough files found in provider archive. Is this a complete archive?";
const CODE = utf8("export default 1");
const hashOf = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex").toUpperCase();
const read = (bytes: Uint8Array, options = {}) => readProviderArchive(bytes, { now: NOW, ...options });

/** A signed archive of the given files; all are listed in the claims unless told otherwise. */
async function signed(
  files: Readonly<Record<string, Uint8Array>>,
  hashes?: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const own = Object.entries(files).map(([name, data]) => [name.replace(/\.bin$/, ""), hashOf(data)]);
  const token = await tokenOver(hashes ?? Object.fromEntries(own));
  return tar(entry("claims.jwt", token), ...Object.entries(files).map(([name, data]) => entry(name, data)));
}

describe("readProviderArchive", () => {
  it("gives back claims and targets, packed or not", async () => {
    const { service, account } = await testKeys();
    for (const compress of [false, true]) {
      const { claims, targets, token } = await read(await archive({ compress }));
      expect(claims).toEqual({
        subject: service.publicKey,
        issuer: account.publicKey,
        tokenId: "Aq3ck0n4WHOpcVYrBQzNDm",
        issuedAt: NOW,
        name: "Test Store",
        contractId: "wasmcloud:keyvalue",
        vendor: "Acme",
        revision: 2,
        version: "0.2.0",
        targetHashes: Object.fromEntries([...TARGETS].map(([target, data]) => [target, hashOf(data)])),
      });
      expect(targets).toEqual(TARGETS);
      expect(token.split(".")).toHaveLength(3);
    }
  });

  it("keeps targets as they were verified, whatever becomes of the archive", async () => {
    const bytes = await archive();
    const { targets } = await read(bytes);
    bytes.fill(0);
    expect(targets).toEqual(TARGETS);
  });

  it("reads archives in memory that is shared or part of something larger", async () => {
    const bytes = await archive({ compress: true });
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 20), 10, bytes.length);
    shared.set(bytes);
    expect((await read(shared)).targets).toEqual(TARGETS);
  });

  it("takes files in any order, of either type, with what GNU tar adds", async () => {
    const token = await tokenOver({ "es2022-any": hashOf(CODE) });
    const files = [entry("es2022-any.bin", CODE, { type: "0" }), entry("claims.jwt", token, { type: "0" })];
    const { targets } = await read(Buffer.concat([tar(...files), Buffer.alloc(10_240)]));
    expect([...targets.keys()]).toEqual(["es2022-any"]);
  });

  it("accepts a target that the claims name and the archive lacks", async () => {
    const bytes = await signed({ "es2022-any.bin": CODE }, { "es2022-any": hashOf(CODE), "arm-linux": "00" });
    expect([...(await read(bytes)).targets.keys()]).toEqual(["es2022-any"]);
  });

  it("checks the file world.wasm under its full name, and offers it to nobody", async () => {
    const files = { "es2022-any.bin": CODE, "world.wasm": CODE };
    expect([...(await read(await signed(files))).targets.keys()]).toEqual(["es2022-any"]);
    const changed = await signed(files, { "es2022-any": hashOf(CODE), "world.wasm": hashOf(utf8("2")) });
    expect((await errorOf(() => read(changed))).code).toBe("archive.hash_mismatch");
    const alone = await signed({ "world.wasm": CODE });
    expect((await errorOf(() => read(alone))).code).toBe("archive.no_target");
  });

  const paths = [
    "/etc/passwd",
    "../es2022-any.bin",
    "./es2022-any.bin",
    "a/es2022-any.bin",
    "a\\es2022-any.bin",
    "es2022-any",
    "es2022-any.BIN",
    "es2022.any.bin",
    "es2022-any.bin ",
    "-any.bin",
    ".bin",
    "claims.bin",
    "CLAIMS.JWT",
    "é.bin",
    "a.bin\0b.bin",
  ];
  it.each(paths)("refuses a file named %j", async (name) => {
    const bytes = tar(entry("claims.jwt", await tokenOver({})), entry("ok.bin", CODE), entry(name, CODE));
    expect((await errorOf(() => read(bytes))).code).toBe("archive.malformed");
  });

  it("does not take a target for signed because objects have a member of its name", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const bytes = tar(entry("claims.jwt", await tokenOver({})), entry(`${name}.bin`, CODE));
      expect((await errorOf(() => read(bytes))).code).toBe("archive.unlisted_target");
    }
  });

  it.each<[string, string]>([
    ["a directory", "5"],
    ["a hard link", "1"],
    ["a symbolic link", "2"],
    ["a device", "3"],
    ["a long-name record", "L"],
    ["an extended record", "x"],
    ["a global extended record", "g"],
    ["a sparse file", "S"],
  ])("refuses %s", async (_, type) => {
    const bytes = tar(entry("claims.jwt", await tokenOver({})), entry("es2022-any.bin", CODE, { type }));
    const error = await errorOf(() => read(bytes));
    expect(error).toMatchObject({
      code: "archive.malformed",
      message: expect.stringContaining("no plain file"),
    });
  });

  it.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    ["a wrong checksum", () => tar(entry("es2022-any.bin", CODE, { checksum: "0000001\0" }))],
    ["a checksum that is no number", () => tar(entry("es2022-any.bin", CODE, { checksum: "nothing\0" }))],
    ["a size that is no number", () => tar(entry("es2022-any.bin", CODE, { size: "-1\0" }))],
    [
      "a size in binary form",
      () => tar(entry("es2022-any.bin", CODE, { size: "\x80\0\0\0\0\0\0\0\0\0\0\x05" })),
    ],
    ["a size beyond its end", () => tar(entry("es2022-any.bin", CODE, { size: "77777777777\0" }))],
    ["a path before the name", () => tar(entry("es2022-any.bin", CODE, { prefix: "../.." }))],
    ["a file twice", () => tar(entry("es2022-any.bin", CODE), entry("es2022-any.bin", CODE))],
    ["two tokens", () => tar(entry("claims.jwt", "a.b.c"), entry("claims.jwt", "a.b.c"))],
    ["no end marker", () => entry("es2022-any.bin", CODE)],
    ["half an end marker", async () => (await archive()).subarray(0, -512)],
    ["a file after its end marker", () => Buffer.concat([tar(), tar(entry("es2022-any.bin", CODE))])],
    ["a file after one block of zeros", () => Buffer.concat([Buffer.alloc(512), tar(entry("a.bin", CODE))])],
    ["1,025 files", () => tar(...Array.from({ length: 1_025 }, (_, index) => entry(`a${index}.bin`, "")))],
    ["garbage in place of a tar", () => utf8("garbage".repeat(1_000))],
    ["garbage in place of compressed bytes", () => Uint8Array.of(0x1f, 0x8b, ...utf8("garbage".repeat(100)))],
    ["compressed bytes cut short", async () => gzipSync(await archive()).subarray(0, 300)],
    ["a second compressed part", async () => Buffer.concat([gzipSync(await archive()), gzipSync("more")])],
    ["something after the compressed part", async () => Buffer.concat([gzipSync(await archive()), CODE])],
  ])("refuses %s", async (_, bytes) => {
    const made = await bytes();
    const error = await errorOf(() => read(made));
    expect(error.code).toBe("archive.malformed");
    expect(error.hint).toBeDefined();
  });

  it.each([0, 1])("refuses %i bytes in the words of first-party hosts", async (length) => {
    expect(await errorOf(() => read(new Uint8Array(length)))).toMatchObject({
      code: "archive.malformed",
      message: "Not enough bytes to be a valid PAR file",
    });
  });

  it("refuses an archive that is cut short anywhere", async () => {
    const bytes = await archive();
    for (let length = 0; length < bytes.length; length += 101) {
      const { code } = await errorOf(() => read(bytes.subarray(0, length)));
      expect(["archive.malformed", "archive.no_target"]).toContain(code);
    }
  });

  it("refuses an archive without a token, or without a target", async () => {
    expect(await errorOf(() => read(tar(entry("es2022-any.bin", CODE))))).toMatchObject({
      code: "archive.unsigned",
      message: INCOMPLETE,
    });
    const empty = tar(entry("claims.jwt", await tokenOver({})));
    expect(await errorOf(() => read(empty))).toMatchObject({
      code: "archive.no_target",
      message: INCOMPLETE,
    });
  });

  it("refuses a target that was changed, or that nobody signed", async () => {
    const changed = await signed({ "es2022-any.bin": CODE }, { "es2022-any": hashOf(utf8("2")) });
    expect(await errorOf(() => read(changed))).toMatchObject({
      code: "archive.hash_mismatch",
      message: "File hash and verify hash do not match for 'es2022-any'",
    });
    const lower = await signed({ "es2022-any.bin": CODE }, { "es2022-any": hashOf(CODE).toLowerCase() });
    expect((await errorOf(() => read(lower))).code).toBe("archive.hash_mismatch");
    const added = await signed({ "es2022-any.bin": CODE, "more.bin": CODE }, { "es2022-any": hashOf(CODE) });
    expect(await errorOf(() => read(added))).toMatchObject({
      code: "archive.unlisted_target",
      details: { target: "more" },
    });
  });
});

describe("the token of an archive", () => {
  async function withToken(token: string): Promise<Uint8Array> {
    return tar(entry("claims.jwt", token), entry("es2022-any.bin", CODE));
  }
  async function withClaims(changes: object, key: "account" | "server" = "account"): Promise<Uint8Array> {
    const keys = await testKeys();
    const { subject } = await signing();
    const wascap = { name: null, capid: "c", vendor: "v", target_hashes: { "es2022-any": hashOf(CODE) } };
    const common = { jti: "id", iat: NOW, iss: keys[key].publicKey, sub: subject, wascap };
    return withToken(await encodeJwt({ ...common, ...changes }, keys[key]));
  }

  it("may leave out all that is optional", async () => {
    const { claims } = await read(await withClaims({}));
    expect(claims).toMatchObject({ contractId: "c", vendor: "v", revision: 0 });
    for (const key of ["name", "version", "expires", "notBefore"]) expect(claims).not.toHaveProperty(key);
  });

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ["is none", () => withToken("a.b"), "jwt.malformed"],
    ["is no text", () => withToken("\xff"), "jwt.malformed"],
    ["has a line end after it", async () => withToken(`${await tokenOver({})}\n`), "jwt.malformed"],
    ["is longer than any", () => withToken("a".repeat(65_537)), "jwt.malformed"],
    ["has no metadata", () => withClaims({ wascap: undefined }), "claims.malformed"],
    ["is that of an actor", () => withClaims({ wascap: { hash: "00", prov: false } }), "claims.malformed"],
    ["has no contract", () => withClaims({ wascap: { vendor: "v", target_hashes: {} } }), "claims.malformed"],
    ["has no hashes", () => withClaims({ wascap: { capid: "c", vendor: "v" } }), "claims.malformed"],
    [
      "has hashes that are no texts",
      () => withClaims({ wascap: { capid: "c", vendor: "v", target_hashes: { a: 1 } } }),
      "claims.malformed",
    ],
    ["was signed by no account", () => withClaims({}, "server"), "claims.malformed"],
    [
      "is about no provider",
      async () => withClaims({ sub: (await testKeys()).module.publicKey }),
      "claims.malformed",
    ],
    [
      "has another signature",
      async () => withToken(withSegment(await tokenOver({}), 2, "A".repeat(86))),
      "jwt.signature",
    ],
    ["is for later", () => withClaims({ nbf: NOW + 1 }), "claims.not_yet_valid"],
    ["has expired", () => withClaims({ exp: NOW - 1 }), "claims.expired"],
  ])("is refused if it %s", async (_, bytes, code) => {
    const made = await bytes();
    expect((await errorOf(() => read(made))).code).toBe(code);
  });

  it("is named as a provider's when its dates are wrong, and its dates may be left unchecked", async () => {
    const expired = await withClaims({ exp: NOW - 1 });
    const error = await errorOf(() => read(expired));
    expect(error.message).toBe("Provider claims have expired");
    expect(error.hint).toContain("Sign the archive again");
    expect((await read(expired, { checkDates: false })).claims.expires).toBe(NOW - 1);
  });
});

describe("limits on archives", () => {
  it("are checked before anything is read", async () => {
    const bytes = await archive();
    const maxBytes = bytes.length - 1;
    expect(await errorOf(() => read(bytes, { maxBytes }))).toMatchObject({
      code: "archive.too_large",
      details: { bytes: bytes.length, maxBytes },
    });
    expect((await errorOf(() => read(bytes, { maxUnpackedBytes: maxBytes }))).code).toBe("archive.too_large");
    expect((await read(bytes, { maxBytes: bytes.length })).targets.size).toBe(2);
  });

  it("hold for bombs that say how large they are, and for those that lie", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect((await errorOf(() => read(bomb, { maxUnpackedBytes: 1_000_000 }))).code).toBe("archive.too_large");
    const lying = Buffer.from(bomb);
    lying.writeUInt32LE(1_000, lying.length - 4);
    expect((await errorOf(() => read(lying, { maxUnpackedBytes: 1_000_000 }))).code).toBe(
      "archive.too_large",
    );
  });

  it("do not stop an archive that unpacks to just as much", async () => {
    const bytes = await archive({ compress: true });
    const { length } = gunzipSync(bytes);
    expect((await read(bytes, { maxUnpackedBytes: length })).targets.size).toBe(2);
    expect((await errorOf(() => read(bytes, { maxUnpackedBytes: length - 1 }))).code).toBe(
      "archive.too_large",
    );
  });
});
