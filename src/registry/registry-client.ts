import { HostError } from "../errors/index.ts";
import { Authorizer } from "./authorizer.ts";
import { BlobCache } from "./blob-cache.ts";
import { type ImageReference, isLatest, parseImageReference } from "./image-reference.ts";
import type { ImageKind } from "./media-types.ts";
import { type PulledContent, pullImage } from "./pull-image.ts";
import { pushImage } from "./push-image.ts";
import {
  type RegistryOptions,
  type ResolvedRegistryOptions,
  resolveRegistryOptions,
} from "./registry-options.ts";
import { RegistrySession } from "./session.ts";
import { type OnProgress, SharedPulls } from "./shared-pulls.ts";
import { Transport } from "./transport.ts";

/** Options of one pull. */
export interface PullOptions {
  /** What is wanted, where an index offers several images. Default: the first that is either. */
  readonly kind?: ImageKind;
  /** Gives up the pull. */
  readonly signal?: AbortSignal;
  /** Told how many bytes of all layers are there, of how many. */
  readonly onProgress?: OnProgress;
}

/** Options of one push. */
export interface PushOptions {
  readonly kind: ImageKind;
  /** Goes into the manifest. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Gives up the push. */
  readonly signal?: AbortSignal;
  /** Told how many bytes the registry has, of how many. */
  readonly onProgress?: OnProgress;
}

/** An image that was pulled and checked. */
export interface PulledImage {
  readonly reference: ImageReference;
  /** What the reference stood for: the digest of its manifest or index. */
  readonly digest: string;
  /** Of the first layer. */
  readonly mediaType: string;
  /** All layers in one piece: a module, or a provider archive. The caller's own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Sixteen bytes a millisecond: slower is no transfer. */
const MIN_BYTES_PER_MS = 16;

/**
 * Pulls images from OCI registries and pushes them there, over `fetch`. Protocol section 12.
 *
 * Manifests, layers, their sizes and digests are always checked. Credentials go to the registry and its token service,
 * by https unless the registry is listed as insecure, and along no redirect to another origin.
 */
export class RegistryClient {
  readonly #options: ResolvedRegistryOptions;
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;
  readonly #cache: BlobCache | undefined;
  readonly #pulls = new SharedPulls<PulledContent>((content) => ({
    ...content,
    bytes: content.bytes.slice(),
  }));
  readonly #ended = new AbortController();

  /** @throws HostError `input.invalid` */
  constructor(options: RegistryOptions = {}) {
    this.#options = resolveRegistryOptions(options);
    const { fetch, proxy, timeoutMs, idleMs, credentials, store, cacheBytes: maxBytes, log } = this.#options;
    const transferMs = (bytes: number): number => timeoutMs + bytes / MIN_BYTES_PER_MS;
    this.#transport = new Transport({ fetch, proxy, timeoutMs, idleMs, transferMs });
    this.#authorizer = new Authorizer(this.#transport, credentials);
    this.#cache = store === undefined ? undefined : new BlobCache({ store, maxBytes, log });
  }

  /**
   * Pulls an image. Who asks for the same one at the same time shares the work.
   * @throws HostError `registry.invalid_reference`, `registry.latest_refused`, `registry.insecure_refused`,
   * `registry.unreachable`, `registry.timeout`, `registry.cancelled`, `registry.unauthorized`, `registry.not_found`,
   * `registry.rate_limited`, `registry.refused`, `registry.bad_response`, `registry.bad_manifest`,
   * `registry.no_match`, `registry.too_large`, `registry.size_mismatch`, `registry.digest_mismatch`, `host.stopped`
   */
  async pull(reference: string | ImageReference, options: PullOptions = {}): Promise<PulledImage> {
    const { kind, signal, onProgress } = options;
    const image = typeof reference === "string" ? parseImageReference(reference) : reference;
    if (isLatest(image) && !this.#options.allowLatest) throw latestRefused(image);
    this.#checkOpen();
    const { registry, repository, tag = "", digest = tag } = image;
    const name = JSON.stringify([registry, repository, digest, kind]);
    const content = await this.#pulls.join(name, { signal, onProgress }, (shared, report) =>
      this.#pull(image, kind, shared, report),
    );
    return { reference: image, ...content };
  }

  /**
   * Pushes an image of one layer under a tag, so that first-party hosts can pull it too.
   * @returns the digest under which it can be pulled
   * @throws HostError as {@link pull}, but for `latest`, and what has to do with manifests
   */
  async push(
    reference: string | ImageReference,
    bytes: Uint8Array,
    options: PushOptions,
  ): Promise<{ readonly digest: string }> {
    const { kind, annotations = {}, signal, onProgress: report = () => {} } = options;
    const image = typeof reference === "string" ? parseImageReference(reference) : reference;
    const { blobBytes } = this.#options;
    this.#checkOpen();
    if (bytes.length > blobBytes) {
      throw new HostError(
        "registry.too_large",
        `${bytes.length} bytes are more than the ${blobBytes} allowed`,
        {
          hint: "Raise the limit, here and on the hosts that are to pull it.",
          details: { bytes: bytes.length, maxBytes: blobBytes },
        },
      );
    }
    const ended = this.#ended.signal;
    const either = signal === undefined ? ended : AbortSignal.any([signal, ended]);
    const session = this.#session(image, "pull,push", either);
    const copy = bytes.slice();
    return { digest: await pushImage({ session, reference: image, bytes: copy, kind, annotations, report }) };
  }

  /** Gives up all that is under way, and refuses what comes later. Closing twice is fine. */
  async close(): Promise<void> {
    this.#ended.abort(closed());
    this.#pulls.cancelAll(closed());
  }

  async #pull(
    reference: ImageReference,
    kind: ImageKind | undefined,
    signal: AbortSignal,
    report: OnProgress,
  ): Promise<PulledContent> {
    const { manifestBytes, blobBytes } = this.#options;
    try {
      const session = this.#session(reference, "pull", signal);
      const cache = this.#cache;
      return await pullImage({ session, cache, reference, kind, manifestBytes, blobBytes, report });
    } catch (error) {
      throw explained(error);
    }
  }

  #session(reference: ImageReference, actions: "pull" | "pull,push", signal: AbortSignal): RegistrySession {
    const isInsecure = this.#options.insecure.includes(reference.registry);
    const transport = this.#transport;
    return new RegistrySession({
      transport,
      authorizer: this.#authorizer,
      reference,
      actions,
      isInsecure,
      signal,
    });
  }

  #checkOpen(): void {
    if (this.#ended.signal.aborted) throw closed();
  }
}

/** First-party hosts say no more than the beginning to the caller. */
function explained(error: unknown): unknown {
  if (!(error instanceof HostError) || error.code === "host.stopped") return error;
  const { code, message, hint, details, cause } = error;
  return new HostError(code, `Failed to fetch OCI bytes: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    details,
    cause,
  });
}

function latestRefused({ text }: ImageReference): HostError {
  const message =
    "Fetching images tagged 'latest' is currently prohibited in this host. This option can be overridden";
  return new HostError("registry.latest_refused", message, {
    hint: "An image without a tag is tagged so. Name a tag or a digest, or allow it with allowLatest.",
    details: { reference: text },
  });
}

function closed(): HostError {
  return new HostError("host.stopped", "The registry client is closed");
}
