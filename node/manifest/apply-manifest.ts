import { asHostError, type Host, HostError, type Manifest } from "../../src/index.ts";
import { providerByName } from "./provider-by-name.ts";
import { readActorFile } from "./read-actor.ts";

/** An item of a manifest that could not be applied. */
export interface ManifestFailure {
  /** The item, as in `actor ./echo.wasm`. */
  readonly item: string;
  readonly error: HostError;
}

/**
 * Starts on a running host what a manifest asks for: actors, then providers, then links, each in the order of its
 * list. A failing item does not keep the others from being applied. Labels are the matter of whoever builds the host.
 * Protocol section 11.5.
 *
 * @returns the items that failed.
 */
export async function applyManifest(host: Host, manifest: Manifest): Promise<ManifestFailure[]> {
  const { limits } = await host.describe();
  const failures: ManifestFailure[] = [];
  const attempt = async (item: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push({ item, error: asHostError(error) });
    }
  };
  for (const reference of manifest.actors) {
    await attempt(`actor ${reference}`, () => startActor(host, reference, limits.moduleBytes));
  }
  for (const { imageRef, linkName } of manifest.capabilities) {
    await attempt(`capability ${imageRef} (${linkName})`, async () =>
      host.startProvider({ ...providerByName(imageRef), linkName }),
    );
  }
  for (const link of manifest.links) {
    await attempt(`link ${link.actorId} to ${link.contractId} (${link.linkName})`, () => host.setLink(link));
  }
  return failures;
}

async function startActor(host: Host, reference: string, maxBytes: number): Promise<void> {
  // Actors from files have no image reference.
  const bytes = await readActorFile(reference, maxBytes);
  if (bytes !== undefined) await host.startActor(bytes);
  else if (/^https?:/i.test(reference)) await host.startActorFrom(reference);
  else {
    throw new HostError("host.unsupported", `Actor ${reference} not found on disk or in registry`, {
      hint: "Image references of registries are not supported yet: give the path of a file or an http(s) address.",
    });
  }
}
