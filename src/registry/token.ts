import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import type { Challenge } from "./challenge.ts";
import type { Exchange } from "./exchange.ts";

/** A token and how long it is good for. */
export interface Token {
  readonly text: string;
  readonly ms: number;
}

const MAX_BODY = 64 * 1024;
const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 3_600;
const tokenText = v.pipe(v.string(), v.maxLength(32 * 1024), v.regex(/^[!-~]+$/));
const tokenSchema = v.object({
  token: v.optional(tokenText),
  access_token: v.optional(tokenText),
  expires_in: v.optional(v.pipe(v.number(), v.minValue(0)), DEFAULT_SECONDS),
});

/**
 * Where the token service of a Bearer challenge is; undefined where the challenge names none. It must be reached by
 * https, unless the registry itself is not, or lie at the very origin that the challenge came from.
 * @param home the origin that the challenge came from
 * @throws HostError `registry.insecure_refused`, `registry.bad_response`
 */
export function tokenAddress(challenge: Challenge, home: URL, isInsecure: boolean): URL | undefined {
  const realm = challenge.parameters.get("realm");
  if (realm === undefined) return undefined;
  if (!URL.canParse(realm, home.href))
    throw new HostError("registry.bad_response", "The token service has no address");
  const url = new URL(realm, home.href);
  if (url.protocol === "https:" || url.origin === home.origin) return url;
  if (url.protocol === "http:" && isInsecure) return url;
  throw new HostError(
    "registry.insecure_refused",
    `The token service is not reached by https: ${url.origin}`,
    {
      hint: "If the registry itself is reached by plain http, list it as insecure.",
      details: { origin: url.origin },
    },
  );
}

/**
 * The token in an answer of a token service.
 * @throws HostError `registry.bad_response`, and those of reading a body
 */
export async function readToken(exchange: Exchange): Promise<Token> {
  const body = await exchange.bytes(MAX_BODY, "The answer of the token service");
  const result = v.safeParse(tokenSchema, parseJson(body));
  const text = result.success ? (result.output.token ?? result.output.access_token) : undefined;
  if (!result.success || text === undefined) {
    throw new HostError("registry.bad_response", "The token service answered without a token");
  }
  // nine tenths, so that none ends while it is used
  return { text, ms: Math.min(result.output.expires_in, MAX_SECONDS) * 900 };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined; // no object, so the schema refuses it
  }
}
