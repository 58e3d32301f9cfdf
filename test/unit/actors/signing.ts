import {
  type ActorClaims,
  actorPayload,
  embedToken,
  encodeJwt,
  extractToken,
  moduleHash,
} from "../../../src/claims/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import { testActor } from "../../support/actors.ts";
import { type Handmade, handmade } from "../wapc/handmade.ts";

/** A module with claims that the test chose. */
export interface SignedActor {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly key: string;
  readonly claims: ActorClaims;
}

/** Claims that differ from the usual ones: null leaves a member out. */
export type ChosenClaims = { readonly [Name in keyof ActorClaims]?: ActorClaims[Name] | null };

/**
 * Signs a guest of `test/actors`, or one made by hand, with new keys unless the claims name a subject, and with
 * whatever claims, also those that our own signer refuses to write.
 */
export async function signed(module: string | Handmade, chosen: ChosenClaims = {}): Promise<SignedActor> {
  const unsigned =
    typeof module === "string" ? extractToken(testActor(module).bytes).unsigned : handmade(module);
  const issuer = await KeyPair.generate("account");
  const usual: ActorClaims = {
    subject: (await KeyPair.generate("module")).publicKey,
    issuer: issuer.publicKey,
    tokenId: "test",
    issuedAt: 1_600_000_000,
    name: typeof module === "string" ? module : "handmade",
    moduleHash: await moduleHash(unsigned),
    tags: [],
    capabilities: [],
    revision: 1,
    isProvider: false,
  };
  const members = Object.entries({ ...usual, ...chosen }).filter(([, value]) => value !== null);
  const claims = Object.fromEntries(members) as unknown as ActorClaims;
  return {
    bytes: embedToken(unsigned, await encodeJwt(actorPayload(claims), issuer)),
    key: claims.subject,
    claims,
  };
}
