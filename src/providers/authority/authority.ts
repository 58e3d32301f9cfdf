import * as v from "valibot";
import { HostError, messageOf } from "../../errors/index.ts";
import { coversRule, isHostRule } from "../http/host-rules.ts";

/** What a provider from an archive may reach besides actors. */
export interface ProviderAuthority {
  /** Hosts it may send requests and open WebSockets to: `example.com`, `*.example.com`, `example.com:8443`, `*`. */
  readonly network: readonly string[];
  /** Whether it may keep data in the host's store, in a place of its own. */
  readonly storage: boolean;
}

/** What the operator of a host grants a provider; what is left out is not granted. */
export type ProviderGrants = Partial<ProviderAuthority>;

/** None at all. */
export const NO_AUTHORITY: ProviderAuthority = Object.freeze({ network: Object.freeze([]), storage: false });

const MAX_RULES = 64;
const MAX_MANIFEST_BYTES = 65_536;

const networkSchema = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(261), v.check(isHostRule, "no host such as api.example.com"))),
  v.maxLength(MAX_RULES),
);
// Strict: what this host does not know it cannot grant, and must not leave out without a word.
const authoritySchema = v.pipe(
  v.custom<object>((value) => !Array.isArray(value), "a map of names is wanted"),
  v.strictObject({
    network: v.exactOptional(networkSchema, []),
    storage: v.exactOptional(v.boolean(), false),
  }),
);

/**
 * What the manifest of an archive asks for: JSON such as `{"network": ["api.example.com"], "storage": true}`.
 *
 * @param manifest - absent: nothing is asked for.
 * @throws HostError `archive.malformed`, also for kinds of authority that this host does not know.
 */
export function readAskedAuthority(manifest: Uint8Array | undefined): ProviderAuthority {
  if (manifest === undefined) return NO_AUTHORITY;
  try {
    if (manifest.length > MAX_MANIFEST_BYTES) throw new Error(`it has more than ${MAX_MANIFEST_BYTES} bytes`);
    return parseAuthority(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(manifest)));
  } catch (cause) {
    const message = `The provider's portable-manifest cannot be read: ${messageOf(cause)}`;
    throw new HostError("archive.malformed", message, {
      hint: 'It is JSON such as {"network": ["api.example.com"], "storage": true}, and names nothing else.',
      cause,
    });
  }
}

/** @throws HostError `input.invalid` for grants that make no sense. */
export function checkGrants(grants: ProviderGrants): ProviderAuthority {
  try {
    return parseAuthority(grants);
  } catch (cause) {
    throw new HostError("input.invalid", `The grants of a provider are not valid: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * What a provider gets: all it asks for. What it does not ask for it does not get, whatever is granted.
 *
 * @throws HostError `provider.not_granted`, which names what it asks for in vain; `input.invalid`.
 */
export function settleAuthority(
  asked: ProviderAuthority,
  grants: ProviderGrants,
  name: string,
): ProviderAuthority {
  const granted = checkGrants(grants);
  const missing = asked.network.filter((rule) => !granted.network.some((given) => coversRule(given, rule)));
  const wanted = [
    ...(missing.length === 0 ? [] : [`the network hosts ${missing.join(", ")}`]),
    ...(asked.storage && !granted.storage ? ["storage"] : []),
  ];
  if (wanted.length === 0) return asked;
  const message = `Provider ${name} asks for ${wanted.join(" and ")}, which it was not granted`;
  throw new HostError("provider.not_granted", message, {
    hint: `If you trust it, start it with the grants ${JSON.stringify(asked)}.`,
    // All of it, for those who grant it then.
    details: { network: asked.network.join(", "), storage: asked.storage },
  });
}

function parseAuthority(value: unknown): ProviderAuthority {
  const result = v.safeParse(authoritySchema, value, { abortEarly: true });
  if (result.success) {
    const { network, storage } = result.output;
    return Object.freeze({ network: Object.freeze([...network]), storage });
  }
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? "it"}: ${issue.message.slice(0, 200)}`);
}
