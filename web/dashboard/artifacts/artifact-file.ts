import { HostError } from "../../../src/errors/index.ts";
import { bytesText } from "../format/amount.ts";

/** What a file holds: a module of an actor, or an archive of a provider. */
export interface ArtifactFile {
  readonly kind: "actor" | "provider";
  readonly bytes: Uint8Array;
}

/** Files to choose from; what one holds is told by its content. */
export const ARTIFACT_FILES = ".wasm,application/wasm,.par,.gz,.tgz,.tar";

const GZIP = [0x1f, 0x8b] as const;
/** `ustar`, in the header of a tar file's first entry. */
const TAR = [0x75, 0x73, 0x74, 0x61, 0x72] as const;
const TAR_AT = 257;

/** Reads a file, unless it is longer than the host takes. @throws HostError `module.too_large`. */
export async function readArtifact(file: File, maxBytes: number): Promise<ArtifactFile> {
  if (file.size > maxBytes) {
    throw new HostError(
      "module.too_large",
      `The file has ${bytesText(file.size)}; this host takes up to ${bytesText(maxBytes)}.`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  // Whatever else it is, the host says best why it is no module.
  return { kind: has(bytes, GZIP, 0) || has(bytes, TAR, TAR_AT) ? "provider" : "actor", bytes };
}

function has(bytes: Uint8Array, magic: readonly number[], at: number): boolean {
  return magic.every((byte, index) => bytes[at + index] === byte);
}
