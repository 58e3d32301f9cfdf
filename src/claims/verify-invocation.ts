import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import { entityUrl } from "./entity.ts";
import { type Invocation, invocationHash, targetUrl } from "./invocation.ts";
import { optional, parseWith } from "./schema.ts";
import { verifyJwt } from "./verify-jwt.ts";

const PREFIX = "WebAssembly module authorization failure: ";

/** What a genuine invocation token says besides what the invocation says. Times are seconds since 1970. */
export interface InvocationClaims {
  /** Public key of the host or control client that signed; equals the `hostId` of the invocation. */
  readonly issuer: string;
  /** Id of the token. */
  readonly tokenId: string;
  readonly issuedAt: number;
  readonly expires?: number;
  readonly notBefore?: number;
}

/** Options of {@link verifyInvocation}. */
export interface VerifyInvocationOptions {
  /** The time to compare dates with, in seconds since 1970. Default: the clock. */
  readonly now?: number;
}

const metadataSchema = v.nullish(
  v.object({ target_url: v.string(), origin_url: v.string(), hash: v.string() }),
);

/**
 * Verifies that an invocation was signed by the host it names and has not been changed since: all checks of protocol
 * section 4.5 in their order. It says nothing about whether that host may call, how old the call is, or whether it
 * came before; see `issuedAt` and the invocation's id for that.
 * @throws HostError `jwt.malformed` or `jwt.algorithm` for rows 1 to 11, `lattice.forged` for rows 12 to 19
 */
export async function verifyInvocation(
  invocation: Invocation,
  options: VerifyInvocationOptions = {},
): Promise<InvocationClaims> {
  const report = await verifyJwt(invocation.token, options);
  const { payload } = report;
  const metadata = parseWith(metadataSchema, payload.wascap, "jwt.malformed");
  if (report.expired) throw forged("Invocation claims token expired");
  if (!report.signatureValid) throw forged("Invocation claims signature invalid");
  if (report.cannotUseYet) throw forged("Attempt to use invocation before claims token allows");
  if (metadata === undefined || metadata === null) throw forged("Invocation claims have no metadata");
  const origin = entityUrl(invocation.origin);
  const target = targetUrl(invocation);
  if (metadata.hash !== (await invocationHash(origin, target, invocation.payload))) {
    throw forged("Invocation hash does not match signed claims hash");
  }
  if (payload.sub !== invocation.id) {
    throw forged("Subject of invocation claims token does not match invocation ID");
  }
  if (payload.iss !== invocation.hostId) {
    throw forged("Invocation claims issuer does not match invocation host");
  }
  if (metadata.target_url !== target) {
    throw forged("Invocation claims and invocation target URL do not match");
  }
  if (metadata.origin_url !== origin) {
    throw forged("Invocation claims and invocation origin URL do not match");
  }
  return {
    issuer: payload.iss,
    tokenId: payload.jti,
    issuedAt: payload.iat,
    ...optional("expires", payload.exp),
    ...optional("notBefore", payload.nbf),
  };
}

function forged(reason: string): HostError {
  return new HostError("lattice.forged", PREFIX + reason, {
    hint: "The call did not come from the host it names, or was changed on the way. It was not executed.",
  });
}
