import { HostError } from "../../errors/index.ts";
import type { ProviderArchive } from "./read-archive.ts";

/** The target that was chosen from an archive. */
export interface SelectedTarget {
  /** Its name, such as `es2022-any`. */
  readonly target: string;
  /** Its verified bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Chooses what to run from an archive. Contracts sections 5.5 and 5.7.
 * @param wanted the targets that can run here, best first
 * @throws HostError `archive.no_target`
 */
export function selectTarget(
  { targets, claims }: Pick<ProviderArchive, "targets" | "claims">,
  wanted: readonly string[],
): SelectedTarget {
  for (const target of wanted) {
    const bytes = targets.get(target);
    if (bytes !== undefined) return { target, bytes };
  }
  const has = [...targets.keys()].join(", ");
  const lacking = wanted.find((target) => Object.hasOwn(claims.targetHashes, target));
  const message = `No binary found in archive for target ${wanted.join(" or ")}; it has ${has}`;
  throw new HostError("archive.no_target", message, {
    hint:
      lacking === undefined
        ? "Native targets are libraries for hosts written in Rust and cannot run here. Ask the vendor for a portable target, such as es2022-any."
        : `The claims name ${lacking}, but its file was left out. Get the whole archive.`,
    details: { targets: has },
  });
}
