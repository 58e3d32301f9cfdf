import { HostError } from "../../errors/index.ts";
import type { KeyPair } from "../../keys/index.ts";
import { sha256Hex } from "../digest.ts";
import { type ProviderSigning, signProviderClaims } from "../provider-token.ts";
import { gzip } from "./gzip.ts";
import { writeTar } from "./tar.ts";
import { CLAIMS_FILE, fileOfTarget, MANIFEST_TARGET, targetOfFile } from "./target-name.ts";

/** What a provider archive is made of, besides what the claims say. */
export interface WriteArchiveOptions {
  /** The bytes of each target, in the order in which they are written. Names are like `es2022-any`. */
  readonly targets: ReadonlyMap<string, Uint8Array>;
  /** What the provider asks for, as JSON: signed like a target. Default: it asks for nothing. */
  readonly manifest?: Uint8Array;
  /** Whether the archive is compressed by gzip. Default: true. */
  readonly compress?: boolean;
  /** Time of issue, in seconds since 1970. Default: the clock. */
  readonly now?: number;
}

/**
 * Signs a provider, and writes it and its claims as an archive that first-party hosts and tar read too. The same
 * input, time and token id make the same bytes in one engine. Contracts section 5.
 * @param issuer a key pair of kind account
 * @throws HostError `input.invalid` for no target, names that are none and keys of the wrong kind; `claims.malformed`
 */
export async function writeProviderArchive(
  signing: ProviderSigning,
  issuer: KeyPair,
  { targets, manifest, compress = true, now }: WriteArchiveOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (targets.size === 0)
    throw new HostError("input.invalid", "A provider archive needs at least one target");
  if (targets.has(MANIFEST_TARGET)) throw badName(MANIFEST_TARGET);
  const all = [...targets, ...(manifest === undefined ? [] : [[MANIFEST_TARGET, manifest] as const])];
  const files = all.map(([target, data]) => ({ target, name: fileOfTarget(target), data }));
  const hashes: (readonly [target: string, hash: string])[] = [];
  for (const { target, name, data } of files) {
    if (targetOfFile(name) === undefined) throw badName(target);
    hashes.push([target, await sha256Hex(data)]);
  }
  const token = await signProviderClaims(signing, Object.fromEntries(hashes), issuer, now);
  const tar = writeTar([{ name: CLAIMS_FILE, data: new TextEncoder().encode(token) }, ...files]);
  return compress ? gzip(tar) : tar;
}

function badName(target: string): HostError {
  return new HostError("input.invalid", `Not the name of a target: ${JSON.stringify(target)}`, {
    hint: "Use letters, digits and _ in parts joined by -, such as es2022-any or x86_64-linux; at most 96 characters.",
  });
}
