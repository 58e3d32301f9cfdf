import { describe, expect, it } from "vitest";
import { NO_AUTHORITY, readAskedAuthority, settleAuthority } from "../../../../src/providers/index.ts";
import { errorOf } from "../../claims/errors.ts";
import { utf8 } from "../../claims/hex.ts";

const asked = (manifest: unknown) => readAskedAuthority(utf8(JSON.stringify(manifest)));

describe("what a provider asks for", () => {
  it("is read from its manifest", () => {
    expect(asked({ network: ["api.example.com", "*.example.org:8443"], storage: true })).toEqual({
      network: ["api.example.com", "*.example.org:8443"],
      storage: true,
    });
    expect(asked({ network: ["[::1]:80"] })).toEqual({ network: ["[::1]:80"], storage: false });
    expect(asked({})).toEqual(NO_AUTHORITY);
    expect(readAskedAuthority(undefined)).toEqual(NO_AUTHORITY);
  });

  it.each<[string, Uint8Array]>([
    ["is no JSON", utf8("{")],
    ["is no text", Uint8Array.of(0xff)],
    ["is no object", utf8("[]")],
    ["has an address for a host", utf8('{"network":["https://example.com"]}')],
    ["has a text for hosts", utf8('{"network":"example.com"}')],
    ["has too many hosts", utf8(JSON.stringify({ network: Array(65).fill("a.example.com") }))],
    ["has a number for storage", utf8('{"storage":1}')],
    ["asks for what nobody knows", utf8('{"camera":true}')],
    ["has a name with a meaning of its own", utf8('{"__proto__":{"storage":true}}')],
    ["is too long", utf8(`{"storage":true${" ".repeat(65_536)}}`)],
  ])("that %s is refused", async (_, manifest) => {
    expect(await errorOf(() => readAskedAuthority(manifest))).toMatchObject({
      code: "archive.malformed",
      message: expect.stringContaining("portable-manifest"),
    });
  });
});

describe("what a provider gets", () => {
  it.each([
    [["api.example.com"], ["api.example.com"]],
    [["api.example.com"], ["API.EXAMPLE.COM"]],
    [["api.example.com"], ["*.example.com"]],
    [["api.example.com"], ["*"]],
    [["api.example.com:8443"], ["api.example.com"]],
    [["api.example.com:8443"], ["*.example.com:8443"]],
    [["*.a.example.com"], ["*.example.com"]],
    [["*"], ["*"]],
    [[], ["api.example.com"]],
  ])("is all of %j where %j is granted", (network, granted) => {
    expect(settleAuthority({ network, storage: false }, { network: granted, storage: true }, "P")).toEqual({
      network,
      storage: false,
    });
  });

  it.each([
    [["api.example.com"], []],
    [["api.example.com"], ["example.com"]],
    [["example.com"], ["*.example.com"]],
    [["notexample.com"], ["*.example.com"]],
    [["api.example.com"], ["api.example.com:443"]],
    [["api.example.com:80"], ["api.example.com:443"]],
    [["*.example.com"], ["api.example.com"]],
    [["*"], ["*.example.com"]],
    [["*"], ["*:443"]],
  ])("is nothing where it asks for %j and %j is granted: it is refused", async (network, granted) => {
    const error = await errorOf(() =>
      settleAuthority({ network, storage: true }, { network: granted }, "Weather"),
    );
    expect(error).toMatchObject({
      code: "provider.not_granted",
      message: `Provider Weather asks for the network hosts ${network} and storage, which it was not granted`,
      hint: expect.stringContaining(JSON.stringify(network)),
    });
  });

  it("is refused with the part that is missing, and no other", async () => {
    const all = { network: ["a.example.com", "b.example.com"], storage: true };
    const error = await errorOf(() =>
      settleAuthority(all, { network: ["a.example.com"], storage: true }, "P"),
    );
    expect(error.message).toBe(
      "Provider P asks for the network hosts b.example.com, which it was not granted",
    );
  });

  it("cannot be settled from grants that make no sense", async () => {
    const grants = { network: ["not a host"] };
    expect(await errorOf(() => settleAuthority(NO_AUTHORITY, grants, "P"))).toMatchObject({
      code: "input.invalid",
    });
  });
});
