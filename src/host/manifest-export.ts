import type { LinkDefinition } from "../lattice/index.ts";
import type { ProviderAuthority } from "../providers/index.ts";
import type { ActorDescription, ProviderDescription } from "./description.ts";
import type { Manifest, ManifestCapability } from "./manifest.ts";

/** A manifest that brings another host to the same state, as far as one can. */
export interface ManifestExport {
  readonly manifest: Manifest;
  /** What cannot be had from a manifest, as in `actor Echo (M…): started from bytes`. */
  readonly omitted: readonly string[];
}

/** What an export is made from. */
export interface ManifestExportParts {
  /** Without those of the environment. */
  readonly labels: Readonly<Record<string, string>>;
  readonly actors: readonly ActorDescription[];
  readonly providers: readonly ProviderDescription[];
  /** With their values, which may be secrets. */
  readonly links: readonly LinkDefinition[];
}

/** Writes down what runs on a host. The built-in extras are on every host, and are left out without a word. */
export function exportManifest({ labels, actors, providers, links }: ManifestExportParts): ManifestExport {
  const offered = providers.filter(({ onLattice }) => onLattice);
  const manifest: Manifest = {
    labels,
    actors: actors.flatMap(({ reference }) => reference ?? []),
    capabilities: offered.flatMap(({ reference, linkName, authority }) =>
      reference === undefined ? [] : [{ imageRef: reference, linkName, ...grantsOf(authority) }],
    ),
    links: links.map(({ actorId, contractId, providerId, linkName, values }) => ({
      actorId,
      contractId,
      providerId,
      linkName,
      values,
    })),
  };
  const omitted = [
    ...actors
      .filter(({ reference }) => reference === undefined)
      .map(({ name, key }) => `actor ${name} (${key}): started from bytes, so nobody else can fetch it`),
    ...offered
      .filter(({ reference }) => reference === undefined)
      .map(({ name, id }) => `capability ${name} (${id}): not started by a reference`),
  ];
  return { manifest, omitted };
}

/** What a provider has, as the grant that brings it there; none for one that asked for nothing. */
function grantsOf(authority: ProviderAuthority | undefined): Pick<ManifestCapability, "grants"> {
  const hasNone = authority === undefined || (authority.network.length === 0 && !authority.storage);
  return hasNone ? {} : { grants: authority };
}
