import { verifyActorModule } from "../../src/claims/index.ts";
import { HostError } from "../../src/errors/index.ts";
import type { ImageKind } from "../../src/registry/index.ts";

const TAR_MARK = 257;

/**
 * What a file holds, if a host could start it: a signed module whose claims are genuine, or an archive.
 * @param said what it is said to hold
 * @throws HostError `input.invalid`, and those of `verifyActorModule`
 */
export async function contentKind(bytes: Uint8Array, said: ImageKind | undefined): Promise<ImageKind> {
  const kind = startsWith(bytes, 0, "\0asm") ? "actor" : isArchive(bytes) ? "provider" : undefined;
  if (kind === undefined) {
    throw new HostError("input.invalid", "The file is neither a WebAssembly module nor a provider archive", {
      hint: "Modules end in .wasm, archives in .par or .par.gz.",
    });
  }
  if (said !== undefined && said !== kind) {
    throw new HostError(
      "input.invalid",
      `The file holds an ${kind === "actor" ? "actor" : "archive"}, not what --kind says`,
    );
  }
  if (kind === "actor") await checkModule(bytes);
  return kind;
}

/** One that is not valid yet may be pushed for later. */
async function checkModule(bytes: Uint8Array): Promise<void> {
  try {
    await verifyActorModule(bytes);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "claims.not_yet_valid") throw error;
  }
}

/** A tar, bare or in gzip. */
function isArchive(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0, "\x1f\x8b") || startsWith(bytes, TAR_MARK, "ustar");
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0));
}
