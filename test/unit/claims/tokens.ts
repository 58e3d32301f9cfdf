import { encodeJwt } from "../../../src/claims/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import vectors from "../../vectors/keys.json" with { type: "json" };

/** The public test identities of protocol section 1.1. */
export async function testKeys(): Promise<Record<"server" | "module" | "service" | "account", KeyPair>> {
  const pair = (kind: string): Promise<KeyPair> =>
    KeyPair.fromSeed(vectors.pairs.find((known) => known.kind === kind)?.seed ?? "");
  return {
    server: await pair("server"),
    module: await pair("module"),
    service: await pair("service"),
    account: await pair("account"),
  };
}

/** URL-safe base64 of a text or bytes. */
export function base64url(data: string | Uint8Array): string {
  return Buffer.from(data).toString("base64url");
}

/** A token from parts that need not make sense, signed by a key over what they are. */
export async function tokenOf(header: string, payload: string, key: KeyPair): Promise<string> {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${base64url(await key.sign(new TextEncoder().encode(signed)))}`;
}

/** The token with one segment replaced. */
export function withSegment(token: string, index: number, segment: string): string {
  return token.split(".").with(index, segment).join(".");
}

/** A token with the usual header over changed claims. */
export function resigned(token: string, changes: object, key: KeyPair): Promise<string> {
  const claims: object = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return encodeJwt(JSON.parse(JSON.stringify({ ...claims, ...changes })), key);
}
