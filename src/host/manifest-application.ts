import { asHostError, type HostError } from "../errors/index.ts";
import type { Labels } from "./labels.ts";
import type { Launcher } from "./launcher.ts";
import type { LinkManager } from "./link-manager.ts";
import type { Manifest } from "./manifest.ts";

/** An item of a manifest that could not be applied. */
export interface ManifestFailure {
  /** The item, as in `actor ./echo.wasm`. */
  readonly item: string;
  readonly error: HostError;
}

/** How a manifest is applied. */
export interface ApplyManifestOptions {
  /**
   * Reads a file that the manifest names; undefined if there is none of that name: then it is taken for a reference.
   * Default: no files. Only manifests name files; commands from the lattice never reach it.
   *
   * @param maxBytes - a longer file is refused.
   */
  readonly readFile?: (path: string, maxBytes: number) => Promise<Uint8Array | undefined>;
}

/** What applying a manifest needs of a host. */
export interface ManifestTarget {
  readonly labels: Labels;
  readonly launcher: Launcher;
  readonly links: LinkManager;
  /** Bytes of a module or archive that are taken from a file. */
  readonly maxFileBytes: number;
}

/**
 * Merges the labels of a manifest and starts what it asks for: actors, then providers, then links, each in the order
 * of its list. A failing item does not keep the others from being applied. Protocol section 11.5.
 *
 * @returns the items that failed.
 */
export async function applyManifest(
  { labels, launcher, links, maxFileBytes }: ManifestTarget,
  manifest: Manifest,
  { readFile }: ApplyManifestOptions,
): Promise<ManifestFailure[]> {
  const failures: ManifestFailure[] = [];
  const attempt = async (item: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push({ item, error: asHostError(error) });
    }
  };
  await attempt("labels", async () => labels.merge(manifest.labels));
  for (const reference of manifest.actors) {
    await attempt(`actor ${reference}`, async () => {
      // What comes from a file has no reference.
      const bytes = await readFile?.(reference, maxFileBytes);
      await (bytes === undefined ? launcher.startActorFrom(reference) : launcher.startActor(bytes, {}));
    });
  }
  for (const { imageRef, linkName, grants } of manifest.capabilities) {
    await attempt(`capability ${imageRef} (${linkName})`, async () => {
      const bytes = await readFile?.(imageRef, maxFileBytes);
      await (bytes === undefined
        ? launcher.startProviderFrom(imageRef, linkName, grants)
        : launcher.startProviderArchive(bytes, { linkName, ...(grants === undefined ? {} : { grants }) }));
    });
  }
  for (const link of manifest.links) {
    await attempt(`link ${link.actorId} to ${link.contractId} (${link.linkName})`, () => links.set(link));
  }
  return failures;
}
