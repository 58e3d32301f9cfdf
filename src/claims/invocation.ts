import type { KeyPair } from "../keys/index.ts";
import { sha256Hex } from "./digest.ts";
import { type Entity, entityUrl } from "./entity.ts";
import { encodeJwt } from "./jwt.ts";
import { nuid } from "./nuid.ts";

/** A call with the token that says who made it. Protocol section 4.1. */
export interface Invocation {
  readonly origin: Entity;
  readonly target: Entity;
  readonly operation: string;
  readonly payload: Uint8Array;
  /** UUID. */
  readonly id: string;
  /** Public key of the host or control client that signed. */
  readonly hostId: string;
  /** The anti-forgery token. */
  readonly token: string;
}

/** A call before it is signed. */
export type UnsignedInvocation = Pick<Invocation, "origin" | "target" | "operation" | "payload">;

/** Options of {@link signInvocation}, for reproducing a known token. */
export interface SignInvocationOptions {
  /** Id of the invocation. Default: a new UUID. */
  readonly id?: string;
  /** Id of the token. Default: a new NUID. */
  readonly jti?: string;
  /** Time of issue, in seconds since 1970. Default: the clock. */
  readonly iat?: number;
}

/** What the claims of an invocation say about its target: entity and operation. Protocol section 4.2. */
export function targetUrl({ target, operation }: Pick<Invocation, "target" | "operation">): string {
  return `${entityUrl(target)}/${operation}`;
}

/**
 * The hash that binds origin, target, operation and payload: upper-case hexadecimal SHA-256, origin first, nothing in
 * between. Protocol section 4.3.
 */
export function invocationHash(originUrl: string, targetUrl: string, payload: Uint8Array): Promise<string> {
  return sha256Hex(new TextEncoder().encode(originUrl + targetUrl), payload);
}

/** Signs a call with the identity of this host. Protocol section 4.4. */
export async function signInvocation(
  call: UnsignedInvocation,
  host: KeyPair,
  options: SignInvocationOptions = {},
): Promise<Invocation> {
  const { id = crypto.randomUUID(), jti = nuid(), iat = Math.floor(Date.now() / 1000) } = options;
  const { origin, target, operation, payload } = call;
  const origin_url = entityUrl(origin);
  const target_url = targetUrl(call);
  const hash = await invocationHash(origin_url, target_url, payload);
  const claims = { jti, iat, iss: host.publicKey, sub: id, wascap: { target_url, origin_url, hash } };
  return {
    origin,
    target,
    operation,
    payload,
    id,
    hostId: host.publicKey,
    token: await encodeJwt(claims, host),
  };
}
