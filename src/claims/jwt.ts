import { CompactSign } from "jose";
import type { KeyPair } from "../keys/index.ts";
import { encodeBase64url } from "./base64url.ts";

/** The header of every token, in this order. Protocol section 1.4. */
export const JWT_HEADER = { typ: "jwt", alg: "Ed25519" } as const;

/**
 * Signs claims as a compact JWT. The payload is written as `JSON.stringify` writes it, so the order of its keys is
 * the order in the token.
 * @param payload a JSON-ready object; its `iss` must be the public key of `issuer`, or nobody will accept the token
 */
export async function encodeJwt(payload: object, issuer: KeyPair): Promise<string> {
  const encoder = new TextEncoder();
  const body = encoder.encode(JSON.stringify(payload));
  if (issuer.signingKey !== undefined) {
    return new CompactSign(body).setProtectedHeader(JWT_HEADER).sign(issuer.signingKey);
  }
  const signed = `${encodeBase64url(encoder.encode(JSON.stringify(JWT_HEADER)))}.${encodeBase64url(body)}`;
  return `${signed}.${encodeBase64url(await issuer.sign(encoder.encode(signed)))}`;
}
