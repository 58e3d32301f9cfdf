/** The file of an archive that holds the token. */
export const CLAIMS_FILE = "claims.jwt";
/** A file that later first-party tools add: the interface of the provider. It is hashed under this very name. */
export const WORLD_FILE = "world.wasm";

/** The file that says what authority a portable provider asks for. First-party readers take it for one more target. */
export const MANIFEST_TARGET = "portable-manifest";

const ENDING = ".bin";
const TARGET_FILE = /^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*\.bin$/;
const MAX_TARGET_LENGTH = 96;
/** First-party readers take a file of this stem for the token, whatever its ending. */
const CLAIMS_STEM = "claims";

/** The target whose code is in a file of this name, or undefined if that is no name of a target's file. */
export function targetOfFile(file: string): string | undefined {
  const target = file.slice(0, -ENDING.length);
  return TARGET_FILE.test(file) && target.length <= MAX_TARGET_LENGTH && target !== CLAIMS_STEM
    ? target
    : undefined;
}

/** The name of the file that holds a target's code. */
export function fileOfTarget(target: string): string {
  return target + ENDING;
}
