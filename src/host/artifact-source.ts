import { asHostError, HostError } from "../errors/index.ts";
import {
  type ImageReference,
  isLatest,
  parseImageReference,
  type RegistryClient,
} from "../registry/index.ts";
import { fetchAddress, isWebAddress } from "./fetch-address.ts";

/** What is fetched, for registries: they tell layers of modules from layers of archives. */
export type ArtifactKind = "actor" | "provider";

/** How an {@link ArtifactSource} fetches. */
export interface ArtifactSourceOptions {
  readonly registry: RegistryClient;
  readonly maxBytes: number;
}

/** Fetches modules and archives by reference: `http(s)` addresses, and images of registries. */
export class ArtifactSource {
  readonly #options: ArtifactSourceOptions;

  constructor(options: ArtifactSourceOptions) {
    this.#options = options;
  }

  /**
   * @param reference - `https://example.com/echo.wasm`, or `registry.example.com/echo:0.2.1`.
   * @throws HostError `module.fetch_failed`, `module.too_large`, `registry.…`, `input.invalid`.
   */
  async fetch(reference: string, kind: ArtifactKind): Promise<Uint8Array> {
    const { registry, maxBytes } = this.#options;
    if (isWebAddress(reference)) return fetchAddress(reference, maxBytes);
    return (await registry.pull(imageReference(reference), { kind })).bytes;
  }

  /**
   * Refuses images tagged `latest`, whatever the registry client allows. Protocol section 6.5.
   *
   * @throws HostError `registry.latest_refused`, and for what is no reference at all.
   */
  refuseLatest(reference: string): void {
    if (isWebAddress(reference)) return;
    if (!isLatest(parseImageReference(reference))) return;
    throw new HostError(
      "registry.latest_refused",
      "Fetching images tagged 'latest' is prohibited for live updates. Name a tag or a digest",
    );
  }
}

/** @throws HostError `registry.invalid_reference` whose hint names addresses too. */
function imageReference(reference: string): ImageReference {
  try {
    return parseImageReference(reference);
  } catch (cause) {
    const { code, message } = asHostError(cause);
    throw new HostError(code, message, {
      hint: "Give the full http(s) address of a file, an image reference like registry.example.com/team/echo:0.3.2, or in a manifest the path of a file that is there.",
      cause,
    });
  }
}
