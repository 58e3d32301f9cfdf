import { HostError } from "../errors/index.ts";
import type { KeyPair } from "../keys/index.ts";
import { readModule } from "../wasm/index.ts";
import { actorPayload, parseActorPayload } from "./actor-claims.ts";
import { canonicalModule } from "./canonical.ts";
import { encodeJwt } from "./jwt.ts";
import { cutToken, embedToken, moduleHash } from "./module-token.ts";
import { nuid } from "./nuid.ts";
import { requireKind } from "./require-key.ts";
import { optional } from "./schema.ts";

/** What to say about an actor when signing it. */
export interface ActorSigning {
  /** The actor's `M…` key. */
  readonly subject: string;
  /** Display name. */
  readonly name?: string;
  /** Contract ids the actor may call; empty: no providers. */
  readonly capabilities: readonly string[];
  /** Default: left out of the claims. */
  readonly tags?: readonly string[];
  /** A live update needs a higher one than before. Default: left out, which counts as 0. */
  readonly revision?: number;
  /** Version for people to read. */
  readonly version?: string;
  /** Name for calls from other actors; normalised by {@link normaliseAlias}. */
  readonly callAlias?: string;
  /** Seconds since 1970. Default: never. */
  readonly expires?: number;
  /** Seconds since 1970. Default: valid at once. */
  readonly notBefore?: number;
}

/** Options of {@link signActorModule}. */
export interface SignModuleOptions {
  /**
   * Whether to write the module anew in the form whose hash first-party 0.18 hosts compute, and to refuse what they
   * cannot read. Without it the bytes are signed as they are, for hosts like this one. Default: true.
   */
  readonly canonical?: boolean;
}

/**
 * Signs an actor module: puts claims about it into its `jwt` section, in place of the section that is there or else
 * at the end. Contracts sections 2.2 and 3.1 to 3.4.
 * @param module a module with or without a token
 * @param issuer a key pair of kind account
 * @param now time of issue, in seconds since 1970; default: the clock
 * @throws HostError `input.invalid` for keys of the wrong kind and bad aliases; `claims.malformed`; `module.malformed`;
 * `module.duplicate_token`; `module.not_portable`
 */
export async function signActorModule(
  module: Uint8Array,
  claims: ActorSigning,
  issuer: KeyPair,
  now: number = Math.floor(Date.now() / 1000),
  options: SignModuleOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { canonical = true } = options;
  requireKind(issuer.publicKey, "account", "issuer");
  requireKind(claims.subject, "module", "subject");
  const input = canonical ? canonicalModule(module) : module;
  const { unsigned, position } = withoutToken(input);
  const payload = actorPayload({
    subject: claims.subject,
    issuer: issuer.publicKey,
    tokenId: nuid(),
    issuedAt: now,
    ...optional("expires", claims.expires),
    ...optional("notBefore", claims.notBefore),
    ...optional("name", claims.name),
    moduleHash: await moduleHash(unsigned),
    tags: claims.tags ?? [],
    capabilities: claims.capabilities,
    revision: claims.revision ?? 0,
    ...optional("version", claims.version),
    ...optional("callAlias", claims.callAlias === undefined ? undefined : checkedAlias(claims.callAlias)),
    isProvider: false,
    omitted: [
      ...(claims.tags ? [] : ["tags" as const]),
      ...(claims.revision === undefined ? ["rev" as const] : []),
    ],
  });
  // What we sign we must be able to read.
  parseActorPayload(payload);
  return embedToken(unsigned, await encodeJwt(payload, issuer), position);
}

/**
 * A call alias as signing tools write it: lower case, trimmed, without non-ASCII characters, and `_` in place of each
 * space, `-` and `.`. Protocol section 1.4.
 */
export function normaliseAlias(alias: string): string {
  return alias
    .toLowerCase()
    .trim()
    .replaceAll(/[\u0080-\u{10ffff}]/gu, "")
    .replaceAll(/[ \-.]/g, "_");
}

function checkedAlias(alias: string): string {
  const normalised = normaliseAlias(alias);
  if (normalised !== "" && !normalised.includes(":")) return normalised;
  throw new HostError("input.invalid", `Not a usable call alias: ${JSON.stringify(alias)}`, {
    hint: "Use letters, digits, / and _. Hosts refuse aliases with a colon, as they could pass for a contract id.",
  });
}

function withoutToken(bytes: Uint8Array): { unsigned: Uint8Array; position: number } {
  const sections = readModule(bytes);
  try {
    return cutToken(bytes, sections);
  } catch (error) {
    if (error instanceof HostError && error.code === "module.unsigned") {
      return { unsigned: bytes, position: bytes.length };
    }
    throw error;
  }
}
