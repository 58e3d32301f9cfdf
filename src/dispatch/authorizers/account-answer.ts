import * as v from "valibot";

/** What an account server tells of an account. */
export interface AccountAnswer {
  /** The account's key. */
  readonly key: string;
  /** Seconds since 1970; absent: never. */
  readonly expires?: number;
}

const KEY_LENGTH = 56;
const claimsSchema = v.object({
  sub: v.pipe(v.string(), v.length(KEY_LENGTH)),
  exp: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

// Members of the outermost object stand four columns in, those of imported activations deeper.
const LISTED_SUBJECT = /^ {4}"sub": "([^"\\]*)"/m;
const LISTED_EXPIRY = /^ {4}"exp": *(\d*)/m;

/**
 * Reads the body of an account server's answer, in any of the forms that are around: the claims as JSON, the token
 * itself, or the decoded listing of nats-account-server, which is JSON but for remarks within and a signature after it.
 *
 * @returns undefined for anything else.
 */
export function readAccountAnswer(text: string): AccountAnswer | undefined {
  for (const read of [readJson, readToken, readListing]) {
    const claims = v.safeParse(claimsSchema, read(text));
    if (!claims.success) continue;
    const { sub, exp } = claims.output;
    // NATS has 0 for never.
    return exp ? { key: sub, expires: exp } : { key: sub };
  }
  return undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // another form, or none
  }
}

/** The signature is not looked at: who asks a server trusts it, and which operator signs is not known here. */
function readToken(text: string): unknown {
  const [, claims, signature] = text.trim().split(".");
  if (claims === undefined || signature === undefined) return undefined;
  try {
    const binary = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    return readJson(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))));
  } catch {
    return undefined; // not base64
  }
}

function readListing(text: string): unknown {
  const expiry = LISTED_EXPIRY.exec(text)?.[1];
  return {
    sub: LISTED_SUBJECT.exec(text)?.[1],
    // One that is there and no number fits no schema.
    exp: expiry === undefined ? undefined : Number.parseInt(expiry, 10),
  };
}
