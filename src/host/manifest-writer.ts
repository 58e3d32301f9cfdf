import { stringify } from "yaml";
import { DEFAULT_LINK_NAME } from "../dispatch/index.ts";
import type { Manifest, ManifestFormat } from "./manifest.ts";

/**
 * The text of a manifest, as {@link parseManifest} reads it. There is no way to write `${…}` that a reader does not
 * take for a variable: a value that contains it is read otherwise where that variable is set. Protocol section 11.5.
 */
export function formatManifest(manifest: Manifest, format: ManifestFormat): string {
  const plain = {
    labels: { ...manifest.labels },
    actors: manifest.actors,
    capabilities: manifest.capabilities.map(({ imageRef, linkName, grants }) => ({
      image_ref: imageRef,
      ...(linkName === DEFAULT_LINK_NAME ? {} : { link_name: linkName }),
      ...(grants === undefined ? {} : { grants: { network: grants.network, storage: grants.storage } }),
    })),
    links: manifest.links.map(({ actorId, contractId, providerId, linkName, values }) => ({
      actor: actorId,
      contract_id: contractId,
      provider_id: providerId,
      ...(linkName === DEFAULT_LINK_NAME ? {} : { link_name: linkName }),
      values: { ...values },
    })),
  };
  if (format === "json") return `${JSON.stringify(plain, null, 2)}\n`;
  // Folded lines and shared nodes are YAML that other readers may not know.
  return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false });
}
