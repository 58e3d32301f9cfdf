import { describe, expect, it } from "vitest";
import { type Authorizer, allowIssuers, denyIssuers } from "../../../../src/dispatch/index.ts";
import { generateSeed, KeyPair } from "../../../../src/keys/index.ts";
import { STORE } from "../dispatcher-setting.ts";
import { newAccount, signedBy } from "./account-server.ts";

/** What is answered about loading and about calling. */
async function decisions(authorizer: Authorizer, issuer: string): Promise<boolean[]> {
  const claims = signedBy(issuer);
  return [await authorizer.canLoad(claims), await authorizer.canInvoke(claims, STORE, "Get")];
}

const [KNOWN, OTHER] = [await newAccount(), await newAccount()];

describe("a list of issuers", () => {
  it("that are allowed lets their actors load and call, and no others", async () => {
    const authorizer = allowIssuers([KNOWN]);
    expect(await decisions(authorizer, KNOWN)).toEqual([true, true]);
    expect(await decisions(authorizer, OTHER)).toEqual([false, false]);
  });

  it("that are denied lets all actors load and call but theirs", async () => {
    const authorizer = denyIssuers([KNOWN]);
    expect(await decisions(authorizer, KNOWN)).toEqual([false, false]);
    expect(await decisions(authorizer, OTHER)).toEqual([true, true]);
  });

  it("that is empty allows nobody, or denies nobody", async () => {
    expect(await decisions(allowIssuers([]), KNOWN)).toEqual([false, false]);
    expect(await decisions(denyIssuers([]), KNOWN)).toEqual([true, true]);
  });

  it("is not changed by what becomes of the array it was made from", async () => {
    const issuers = [KNOWN];
    const authorizer = allowIssuers(issuers);
    issuers.push(OTHER);
    expect(await decisions(authorizer, OTHER)).toEqual([false, false]);
  });

  it.each<[string, () => string | Promise<string>]>([
    ["a text", () => "me"],
    ["nothing", () => ""],
    ["a key of another kind", async () => (await KeyPair.generate("operator")).publicKey],
    ["a key in lower case", () => KNOWN.toLowerCase()],
    ["a key with a space", () => `${KNOWN} `],
    ["a seed", () => generateSeed("account")],
  ])("refuses %s, and does not quote it", async (_what, make) => {
    const wrong = await make();
    for (const list of [allowIssuers, denyIssuers]) {
      expect(() => list([KNOWN, wrong])).toThrow(
        expect.objectContaining({
          code: "input.invalid",
          message: "Issuer 2 of 2 is not the key of an account",
          details: { index: 1 },
        }),
      );
    }
  });
});
