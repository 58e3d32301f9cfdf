import { compactVerify, errors } from "jose";
import * as v from "valibot";
import { HostError, messageOf } from "../errors/index.ts";
import { decodePublicKey, verificationKey, verifySignature } from "../keys/index.ts";
import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { areExpired, areTooEarly } from "./dates.ts";
import { parseJson } from "./json.ts";
import { JWT_HEADER } from "./jwt.ts";
import { parseWith, seconds, text } from "./schema.ts";

const DEFAULT_MAX_LENGTH = 65_536;
const SIGNATURE_BYTES = 64;
/** The header as hosts and tools write it. Known to be right, it need not be parsed in every call. */
const USUAL_HEADER = encodeBase64url(new TextEncoder().encode(JSON.stringify(JWT_HEADER)));

/** The members that all tokens share. Protocol section 1.4. Times are seconds since 1970. */
export interface JwtPayload {
  readonly exp?: number | null | undefined;
  readonly jti: string;
  readonly iat: number;
  readonly iss: string;
  readonly sub: string;
  readonly nbf?: number | null | undefined;
  /** The metadata, by kind of token; not looked at here. */
  readonly wascap?: unknown;
}

/** What a well-formed token says, and what is wrong with it. */
export interface JwtReport {
  readonly payload: JwtPayload;
  /** `exp` is in the past. */
  readonly expired: boolean;
  /** `nbf` is in the future. */
  readonly cannotUseYet: boolean;
  /** The signature was made by the owner of `iss`. */
  readonly signatureValid: boolean;
}

/** Options of {@link verifyJwt}. */
export interface VerifyJwtOptions {
  /** The time to compare dates with, in seconds since 1970; fractions count. Default: the clock. */
  readonly now?: number;
  /** The longest token accepted, in characters. Default: 65,536. */
  readonly maxLength?: number;
}

// No extension is known, so a header that makes one critical is refused (RFC 7515, section 4.1.11).
const headerSchema = v.object({ typ: v.string(), alg: v.string(), crit: v.optional(v.never()) });
const payloadSchema = v.object({
  exp: v.nullish(seconds),
  jti: text,
  iat: seconds,
  iss: text,
  sub: text,
  nbf: v.nullish(seconds),
  wascap: v.optional(v.unknown()),
});

/**
 * Checks a token the way first-party hosts do, but without their crashes: rows 1 to 11 of protocol section 4.5, in
 * that order. Dates and signature are reported, not thrown, as it is for the kind of token to say what they mean.
 * @throws HostError `jwt.malformed`, or `jwt.algorithm` for anything but Ed25519
 */
export async function verifyJwt(token: string, options: VerifyJwtOptions = {}): Promise<JwtReport> {
  const { now = Date.now() / 1000, maxLength = DEFAULT_MAX_LENGTH } = options;
  if (token.length > maxLength) {
    throw malformed(`JWT error: token of ${token.length} characters, at most ${maxLength} are accepted`);
  }
  const segments = token.split(".");
  const [header, body, signature] = segments;
  if (header === undefined || body === undefined || signature === undefined) {
    throw malformed(`JWT error: invalid token format, expected 3 segments, found ${segments.length}`);
  }
  const signatureBytes = decodeSegment(signature, "signature");
  if (header !== USUAL_HEADER) checkHeader(parseJson(decodeSegment(header, "header")));
  if (segments.length > 3) throw malformed("JWT error: invalid token format");
  const payload = parseWith(payloadSchema, parseJson(decodeSegment(body, "claims")), "jwt.malformed");
  checkParties(payload);
  if (signatureBytes.length !== SIGNATURE_BYTES) {
    throw malformed(
      `Decode error: the signature has ${signatureBytes.length} bytes instead of ${SIGNATURE_BYTES}`,
    );
  }
  return {
    payload,
    expired: areExpired(payload.exp, now),
    cannotUseYet: areTooEarly(payload.nbf, now),
    signatureValid: await isSignedBy(payload.iss, token, `${header}.${body}`, signatureBytes),
  };
}

function decodeSegment(segment: string, what: string): Uint8Array {
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) throw malformed(`Decode error: the ${what} is not unpadded base64url`);
  return bytes;
}

function checkHeader(value: unknown): void {
  const header = parseWith(headerSchema, value, "jwt.malformed");
  if (header.alg !== JWT_HEADER.alg) {
    throw new HostError("jwt.algorithm", "Invalid JWT algorithm. WASCAP only supports Ed25519", {
      hint: `The token says "${header.alg.slice(0, 32)}". Sign it with a wasmCloud signing tool.`,
    });
  }
  if (header.typ !== JWT_HEADER.typ) throw malformed("JWT error: Invalid header");
}

function checkParties({ iss, sub }: JwtPayload): void {
  if (iss === "") throw malformed("Invalid JWT. WASCAP requires an issuer claim to be present");
  if (sub === "") throw malformed("Invalid JWT. WASCAP requires a sub claim to be present");
  try {
    decodePublicKey(iss);
  } catch (cause) {
    throw new HostError("jwt.malformed", `Encryption error: ${messageOf(cause)}`, { cause });
  }
}

async function isSignedBy(
  issuer: string,
  token: string,
  signed: string,
  signature: Uint8Array,
): Promise<boolean> {
  try {
    const key = await verificationKey(issuer);
    if (key === undefined) return await verifySignature(issuer, new TextEncoder().encode(signed), signature);
    await compactVerify(token, key, { algorithms: [JWT_HEADER.alg] });
    return true;
  } catch (error) {
    // An issuer that is no point of the curve has signed nothing.
    if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof HostError) return false;
    throw new HostError("jwt.malformed", `JWT error: ${messageOf(error)}`, { cause: error });
  }
}

function malformed(message: string): HostError {
  return new HostError("jwt.malformed", message);
}
