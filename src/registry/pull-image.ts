import { HostError } from "../errors/index.ts";
import type { BlobCache } from "./blob-cache.ts";
import { checkDigest, digestOf, isDigest } from "./digest.ts";
import type { ImageReference } from "./image-reference.ts";
import { checkLayers, type Descriptor, type Manifest, parseManifest } from "./manifest.ts";
import { documentOf, type ImageKind, isLayerType, MANIFEST_TYPES } from "./media-types.ts";
import type { RegistrySession } from "./session.ts";
import { statusError } from "./status-error.ts";

/** What a pull is made from. */
export interface PullParts {
  readonly session: RegistrySession;
  readonly cache: BlobCache | undefined;
  readonly reference: ImageReference;
  /** What is looked for where an index offers several images. */
  readonly kind: ImageKind | undefined;
  readonly manifestBytes: number;
  readonly blobBytes: number;
  /** Told how many bytes of all layers are there. */
  readonly report: (bytesDone: number, bytesTotal: number) => void;
}

/** What was pulled. */
export interface PulledContent {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const MAX_LOOKED_AT = 16;
const MAX_NESTING = 1;

interface Found {
  readonly digest: string;
  readonly manifest: Manifest;
}

/** Pulls one image. Protocol section 12; everything that has a size and a digest is held to them. */
export async function pullImage(parts: PullParts): Promise<PulledContent> {
  const { reference } = parts;
  const { digest, manifest } = await fetchManifest(parts, reference.digest ?? reference.tag ?? "latest");
  const layers =
    manifest.kind === "image" ? manifest.layers : await chooseLayers(parts, manifest.entries, digest);
  const [first] = checkLayers(layers, parts.blobBytes);
  return { digest, mediaType: first?.mediaType ?? "", bytes: await fetchLayers(parts, layers) };
}

/** The manifest of a tag or digest. */
async function fetchManifest(parts: PullParts, name: string): Promise<Found> {
  const { session, cache, manifestBytes } = parts;
  const pinned = isDigest(name) ? name : undefined;
  const kept = pinned === undefined ? undefined : await cache?.get(pinned);
  if (kept !== undefined && pinned !== undefined && kept.length <= manifestBytes) {
    return { digest: pinned, manifest: parseManifest(kept, undefined) };
  }
  const exchange = await session.send({
    method: "GET",
    url: `${session.repository}/manifests/${name}`,
    headers: { Accept: MANIFEST_TYPES },
  });
  if (exchange.status !== 200) throw await statusError(exchange, `Getting the manifest ${name}`);
  const bytes = await exchange.bytes(manifestBytes, "The manifest");
  const told = exchange.header("docker-content-digest");
  if (pinned !== undefined) await checkDigest(bytes, pinned, "The manifest");
  if (told !== undefined && isDigest(told)) await checkDigest(bytes, told, "The manifest");
  const manifest = parseManifest(bytes, exchange.contentType);
  const digest = pinned ?? (await digestOf(bytes));
  await cache?.put(digest, bytes);
  return { digest, manifest };
}

/** The layers of the first image in an index that holds what is looked for. */
async function chooseLayers(
  parts: PullParts,
  entries: readonly Descriptor[],
  index: string,
): Promise<readonly Descriptor[]> {
  const left = { looks: MAX_LOOKED_AT };
  const found = await findFitting(parts, entries, 0, left);
  if (found !== undefined) return found;
  throw new HostError("registry.no_match", `None of the images in the index holds ${wanted(parts.kind)}`, {
    hint: "The index may be that of a container image. Name the image by its own digest if it is in there.",
    details: { index, looked: MAX_LOOKED_AT - left.looks },
  });
}

async function findFitting(
  parts: PullParts,
  entries: readonly Descriptor[],
  nesting: number,
  left: { looks: number },
): Promise<readonly Descriptor[] | undefined> {
  for (const entry of entries) {
    if (!isWorthALook(entry, nesting)) continue;
    if (left.looks === 0) return undefined;
    left.looks -= 1;
    const manifest = await fetchEntry(parts, entry);
    if (manifest.kind === "image") {
      const fits = manifest.layers.every(({ mediaType }) => isLayerType(mediaType, parts.kind));
      if (fits && manifest.layers.length > 0) return manifest.layers;
    } else if (nesting < MAX_NESTING) {
      const found = await findFitting(parts, manifest.entries, nesting + 1, left);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Platforms say nothing of use here: tools write `wasm/wasi`, `unknown/unknown`, or where they themselves ran. */
function isWorthALook({ mediaType, digest }: Descriptor, nesting: number): boolean {
  const document = documentOf(mediaType);
  return isDigest(digest) && (document === "image" || (document === "index" && nesting < MAX_NESTING));
}

async function fetchEntry(parts: PullParts, entry: Descriptor): Promise<Manifest> {
  const { session, cache, manifestBytes } = parts;
  if (entry.size > manifestBytes) throw tooLarge(entry.size, manifestBytes);
  let bytes = await cache?.get(entry.digest);
  if (bytes === undefined) {
    const exchange = await session.send({
      method: "GET",
      url: `${session.repository}/manifests/${entry.digest}`,
      headers: { Accept: MANIFEST_TYPES },
    });
    if (exchange.status !== 200) throw await statusError(exchange, `Getting the manifest ${entry.digest}`);
    bytes = new Uint8Array(entry.size);
    await exchange.into(bytes, "The manifest");
    await checkDigest(bytes, entry.digest, "The manifest");
    await cache?.put(entry.digest, bytes);
  }
  return parseManifest(bytes, entry.mediaType);
}

/** All layers, one after the other in one piece. */
async function fetchLayers(
  parts: PullParts,
  layers: readonly Descriptor[],
): Promise<Uint8Array<ArrayBuffer>> {
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  const whole = new Uint8Array(total);
  let done = 0;
  parts.report(0, total);
  for (const layer of layers) {
    const place = whole.subarray(done, done + layer.size);
    let come = 0;
    await fetchLayer(parts, layer, place, (count) => {
      come += count;
      parts.report(done + come, total);
    });
    done += layer.size;
  }
  return whole;
}

async function fetchLayer(
  { session, cache }: PullParts,
  layer: Descriptor,
  place: Uint8Array<ArrayBuffer>,
  onBytes: (count: number) => void,
): Promise<void> {
  const { digest, size } = layer;
  const kept = await cache?.get(digest);
  if (kept?.length === size) {
    place.set(kept);
    onBytes(size);
    return;
  }
  const exchange = await session.send({ method: "GET", url: `${session.repository}/blobs/${digest}` });
  if (exchange.status !== 200) throw await statusError(exchange, `Getting the layer ${digest}`);
  await exchange.into(place, "The layer", onBytes);
  await checkDigest(place, digest, "The layer");
  await cache?.put(digest, place);
}

function wanted(kind: ImageKind | undefined): string {
  if (kind === undefined) return "an actor or a provider archive";
  return kind === "actor" ? "an actor" : "a provider archive";
}

function tooLarge(bytes: number, maxBytes: number): HostError {
  return new HostError(
    "registry.too_large",
    `A manifest has ${bytes} bytes, at most ${maxBytes} are accepted`,
    {
      details: { bytes, maxBytes },
    },
  );
}
