import {
  type ActorClaims,
  actorPayload,
  embedToken,
  encodeJwt,
  extractToken,
  KeyPair,
  moduleHash,
} from "../../src/index.ts";
import { testActor } from "./actors.ts";

/** Signs modules as revisions of one actor. */
export interface Revisions {
  /** The actor's key. */
  readonly key: string;
  /** The key of the account that signs. */
  readonly issuer: string;
  /**
   * A signed module.
   *
   * @param claims - members that differ from the usual ones.
   * @param guest - the test actor whose code it has, or the code; default the first one's.
   */
  sign(
    revision: number,
    claims?: Partial<ActorClaims>,
    guest?: string | Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** Revisions of a new actor that does what a test actor does. */
export async function revisionsOf(name: string): Promise<Revisions> {
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("module")]);
  return {
    key: subject.publicKey,
    issuer: issuer.publicKey,
    sign: async (revision, claims = {}, guest = name) => {
      const unsigned = typeof guest === "string" ? extractToken(testActor(guest).bytes).unsigned : guest;
      const signer = claims.issuer === undefined ? issuer : await KeyPair.generate("account");
      const all: ActorClaims = {
        subject: subject.publicKey,
        tokenId: `revision ${revision}`,
        issuedAt: 1_600_000_000,
        name,
        moduleHash: await moduleHash(unsigned),
        tags: [],
        capabilities: ["wasmcloud:keyvalue"],
        revision,
        isProvider: false,
        ...claims,
        issuer: signer.publicKey,
      };
      return embedToken(unsigned, await encodeJwt(actorPayload(all), signer));
    },
  };
}
