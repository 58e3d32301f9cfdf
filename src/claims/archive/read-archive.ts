import { HostError } from "../../errors/index.ts";
import { sha256Hex } from "../digest.ts";
import { decodeUtf8 } from "../json.ts";
import type { ProviderClaims } from "../provider-claims.ts";
import { type VerifyProviderOptions, verifyProviderToken } from "../provider-token.ts";
import { gunzip, isGzip } from "./gzip.ts";
import { readTar, type TarFile } from "./tar.ts";
import { malformed } from "./tar-header.ts";
import { CLAIMS_FILE, MANIFEST_TARGET, targetOfFile, WORLD_FILE } from "./target-name.ts";
import { tooLarge } from "./too-large.ts";

const MIB = 1024 * 1024;
const INCOMPLETE = "Not enough files found in provider archive. Is this a complete archive?";

/** A provider archive whose claims are genuine, valid now, and about these very targets. */
export interface ProviderArchive {
  readonly claims: ProviderClaims;
  /** The token that the claims came from. */
  readonly token: string;
  /** The verified bytes of each target that is in the archive: run these, and do not change them. */
  readonly targets: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The verified bytes of `portable-manifest.bin`: what the provider asks for. Absent: nothing. */
  readonly manifest?: Uint8Array<ArrayBuffer>;
}

/** Options of {@link readProviderArchive}. */
export interface ReadArchiveOptions extends VerifyProviderOptions {
  /** The largest archive accepted, in bytes as it comes. Default: 64 MiB. */
  readonly maxBytes?: number;
  /** The largest archive accepted, in bytes once it is unpacked. Default: 256 MiB. */
  readonly maxUnpackedBytes?: number;
}

/**
 * Reads and verifies a provider archive: sizes, files, token, and the hashes of all targets, whichever is going to be
 * run. A target that the claims name and the archive lacks is fine. Who signed is for the caller to judge. Contracts
 * section 5.6.
 * @param bytes a tar, or one compressed by gzip
 * @throws HostError `archive.too_large`, `archive.malformed`; `archive.unsigned` without a token; `archive.no_target`
 * without targets; `archive.hash_mismatch`; `archive.unlisted_target` for a target that was not signed; and those of
 * {@link verifyProviderToken}
 */
export async function readProviderArchive(
  bytes: Uint8Array,
  options: ReadArchiveOptions = {},
): Promise<ProviderArchive> {
  const { maxBytes = 64 * MIB, maxUnpackedBytes = 256 * MIB } = options;
  if (bytes.length < 2) {
    throw new HostError("archive.malformed", "Not enough bytes to be a valid PAR file");
  }
  if (bytes.length > maxBytes) throw tooLarge("packed", bytes.length, maxBytes);
  const tar = isGzip(bytes) ? await gunzip(bytes, maxUnpackedBytes) : bytes;
  if (tar.length > maxUnpackedBytes) throw tooLarge("unpacked", tar.length, maxUnpackedBytes);
  const { token, files } = sorted(readTar(tar));
  const claims = await verifyProviderToken(token, options);
  const targets = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, file] of files) {
    const data = new Uint8Array(file);
    await checkHash(name, data, claims);
    if (name !== WORLD_FILE) targets.set(name, data);
  }
  const manifest = targets.get(MANIFEST_TARGET);
  targets.delete(MANIFEST_TARGET);
  return { claims, token, targets, ...(manifest === undefined ? {} : { manifest }) };
}

/** The token, and the other files by the names that their hashes have in the claims. */
function sorted(all: readonly TarFile[]): { token: string; files: ReadonlyMap<string, Uint8Array> } {
  let token: string | undefined;
  let targets = 0;
  const files = new Map<string, Uint8Array>();
  for (const { name, data } of all) {
    const target = targetOfFile(name);
    if (target !== undefined && target !== MANIFEST_TARGET) targets += 1;
    if (name === CLAIMS_FILE) token = decodeUtf8(data.slice());
    else if (target !== undefined || name === WORLD_FILE) files.set(target ?? name, data);
    else throw malformed(`it has a file named ${JSON.stringify(name)}`);
  }
  if (token === undefined) {
    throw new HostError("archive.unsigned", INCOMPLETE, {
      hint: `It has no ${CLAIMS_FILE}: it is not signed. Sign it with \`npm run sign -- --archive\` or \`wash par\`.`,
    });
  }
  if (targets === 0) {
    throw new HostError("archive.no_target", INCOMPLETE, {
      hint: "It has claims, but no code of any target.",
    });
  }
  return { token, files };
}

async function checkHash(name: string, data: Uint8Array, { targetHashes }: ProviderClaims): Promise<void> {
  const claimed = Object.hasOwn(targetHashes, name) ? targetHashes[name] : undefined;
  if (claimed === undefined) {
    throw new HostError(
      "archive.unlisted_target",
      `The claims of the provider archive have no hash for '${name}'`,
      {
        hint: "The file was added after signing. Do not run this provider; get it from its issuer again.",
        details: { target: name },
      },
    );
  }
  const actual = await sha256Hex(data);
  if (actual === claimed) return;
  throw new HostError("archive.hash_mismatch", `File hash and verify hash do not match for '${name}'`, {
    hint: "The file was changed after signing. Do not run this provider; get it from its issuer again.",
    details: { target: name, claimed, actual },
  });
}
