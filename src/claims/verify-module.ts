import { HostError } from "../errors/index.ts";
import { isPublicKey } from "../keys/index.ts";
import { readModule } from "../wasm/index.ts";
import { type ActorClaims, parseActorPayload } from "./actor-claims.ts";
import { checkClaimDates } from "./dates.ts";
import { exportsFunction } from "./exports-function.ts";
import { cutToken, moduleHash } from "./module-token.ts";
import { verifyJwt } from "./verify-jwt.ts";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const GUEST_CALL = "__guest_call";

/** A module whose claims are genuine, valid now, and about these very bytes. */
export interface VerifiedModule {
  readonly claims: ActorClaims;
  /** The token that the claims came from. */
  readonly token: string;
  /**
   * The bytes that were verified: compile these, and do not change them. Absent where the environment brings the
   * module along compiled.
   */
  readonly bytes?: Uint8Array;
}

/** A module whose very bytes were verified. */
export interface VerifiedModuleBytes extends VerifiedModule {
  readonly bytes: Uint8Array;
}

/** Options of {@link verifyActorModule}. */
export interface VerifyModuleOptions {
  /** The time to compare dates with, in seconds since 1970. Default: the clock. */
  readonly now?: number;
  /** The largest module accepted, in bytes. Default: 64 MiB. */
  readonly maxBytes?: number;
}

/**
 * Verifies a signed actor module. In this order, as far as first-party hosts have one: size, sections, token, module
 * hash, dates, signature, kinds of the keys, and the export that makes it an actor. Protocol sections 1.4 and 1.5.
 * @throws HostError `module.too_large`, `module.malformed`, `module.unsigned`, `module.duplicate_token`,
 * `jwt.malformed`, `jwt.algorithm`, `claims.malformed`, `module.hash_mismatch`, `claims.not_yet_valid`,
 * `claims.expired`, `jwt.signature`, `module.no_guest_call`
 */
export async function verifyActorModule(
  bytes: Uint8Array,
  options: VerifyModuleOptions = {},
): Promise<VerifiedModuleBytes> {
  const { now = Date.now() / 1000, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (bytes.length > maxBytes) {
    throw new HostError(
      "module.too_large",
      `The module has ${bytes.length} bytes, at most ${maxBytes} are accepted`,
      {
        hint: "Strip debug information, optimise for size, or raise the limit of this host.",
        details: { bytes: bytes.length, maxBytes },
      },
    );
  }
  const sections = readModule(bytes);
  const { token, unsigned } = cutToken(bytes, sections);
  const { claims } = await verifyActorToken(token, { now, moduleHash: () => moduleHash(unsigned) });
  if (!exportsFunction(bytes, sections, GUEST_CALL)) {
    throw new HostError("module.no_guest_call", `The module does not export the function ${GUEST_CALL}`, {
      hint: "It is no waPC guest: build it with an actor SDK.",
    });
  }
  return { claims, token, bytes };
}

/** Options of {@link verifyActorToken}. */
export interface VerifyActorTokenOptions {
  /** The time to compare dates with, in seconds since 1970. Default: the clock. */
  readonly now?: number;
  /** The hash of the module that the token was found in, without its token. */
  readonly moduleHash: () => string | Promise<string>;
}

/**
 * Verifies the token of a module that somebody else has hashed, such as the build step that compiled it.
 * @throws HostError as {@link verifyActorModule}, but for what is about the module's bytes
 */
export async function verifyActorToken(
  token: string,
  options: VerifyActorTokenOptions,
): Promise<VerifiedModule> {
  const { now = Date.now() / 1000 } = options;
  const report = await verifyJwt(token, { now });
  const claims = parseActorPayload(report.payload);
  checkHash(claims, await options.moduleHash());
  checkClaimDates(claims, now);
  if (!report.signatureValid) {
    throw new HostError("jwt.signature", "Actor claims token has invalid signature", {
      hint: "The claims were changed after signing. Do not run this module; get it from its issuer again.",
    });
  }
  checkKeys(claims);
  return { claims, token };
}

function checkHash(claims: ActorClaims, actual: string): void {
  if (actual === claims.moduleHash) return;
  throw new HostError("module.hash_mismatch", "Invalid module hash", {
    hint: "The module was changed after signing (stripping and optimising count). Sign it again.",
    details: { claimed: claims.moduleHash, actual },
  });
}

function checkKeys({ issuer, subject }: ActorClaims): void {
  if (!isPublicKey(issuer, "account")) {
    throw new HostError("claims.malformed", "The issuer of the actor claims is not an account key", {
      hint: "Actors are signed with an account key, which begins with A.",
      details: { issuer },
    });
  }
  if (!isPublicKey(subject, "module")) {
    throw new HostError("claims.malformed", "The subject of the actor claims is not a module key", {
      hint: "An actor's key begins with M.",
      details: { subject },
    });
  }
}
