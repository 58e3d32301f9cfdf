import { describe, expect, it } from "vitest";
import { embedToken, extractToken, moduleHash } from "../../../src/claims/index.ts";
import { errorOf } from "./errors.ts";
import { utf8 } from "./hex.ts";
import { custom, guest, guestSections, wasm } from "./wasm.ts";

const TOKEN = "a.b.c";
const jwt = custom("jwt", utf8(TOKEN));

describe("extractToken", () => {
  it.each([
    ["at the end", wasm(...guestSections(), jwt)],
    ["at the start", wasm(jwt, ...guestSections())],
    ["under its later name", wasm(...guestSections(), custom("wasmcloud_jwt", utf8(TOKEN)))],
    ["with a padded size", wasm(...guestSections(), custom("jwt", utf8(TOKEN), 5))],
  ])("cuts out a token %s", (_, bytes) => {
    const { token, unsigned } = extractToken(bytes);
    expect(token).toBe(TOKEN);
    expect(unsigned).toEqual(wasm(...guestSections()));
  });

  it("is undone by embedToken", () => {
    const signed = wasm(...guestSections({ code: null }), jwt, ...guestSections().slice(-1));
    const { token, unsigned, position } = extractToken(signed);
    expect(embedToken(unsigned, token, position)).toEqual(signed);
    expect(embedToken(unsigned, token)).toEqual(wasm(...guestSections(), jwt));
  });

  it("refuses a module without one, in the first-party words", async () => {
    const error = await errorOf(() => extractToken(guest()));
    expect(error.code).toBe("module.unsigned");
    expect(error.message).toBe("Unable to extract embedded token from WebAssembly module");
  });

  it.each(["jwt", "wasmcloud_jwt"])("refuses a second one under the name %s", async (title) => {
    const bytes = wasm(jwt, ...guestSections(), custom(title, utf8(TOKEN)));
    expect((await errorOf(() => extractToken(bytes))).code).toBe("module.duplicate_token");
  });

  it("refuses one that is not text", async () => {
    expect((await errorOf(() => extractToken(wasm(custom("jwt", [0xff]))))).code).toBe("jwt.malformed");
  });
});

describe("moduleHash", () => {
  it("is SHA-256 in upper case", async () => {
    expect(await moduleHash(utf8("abc"))).toBe(
      "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    );
  });
});
