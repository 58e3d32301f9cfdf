import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import { isDigest } from "./digest.ts";
import { documentOf, isLayerType } from "./media-types.ts";

/** A piece of an image, named by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** A manifest of one image, or an index of several. */
export type Manifest =
  | { readonly kind: "image"; readonly layers: readonly Descriptor[] }
  | { readonly kind: "index"; readonly entries: readonly Descriptor[] };

const MAX_LAYERS = 128;
const MAX_ENTRIES = 1_024;
const shortText = v.pipe(v.string(), v.maxLength(255));
const descriptorSchema = v.object({
  mediaType: v.optional(shortText, ""),
  digest: shortText,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const base = { schemaVersion: v.literal(2), mediaType: v.optional(shortText) };
const imageSchema = v.object({ ...base, layers: v.pipe(v.array(descriptorSchema), v.maxLength(MAX_LAYERS)) });
const indexSchema = v.object({
  ...base,
  manifests: v.pipe(v.array(descriptorSchema), v.maxLength(MAX_ENTRIES)),
});
const shapeSchema = v.object({
  schemaVersion: v.unknown(),
  mediaType: v.optional(v.unknown()),
  layers: v.optional(v.unknown()),
  manifests: v.optional(v.unknown()),
});

/**
 * Understands a manifest or an index, OCI's or Docker's. A document that could be read as either is refused: two
 * readers would see two images under one digest.
 * @param contentType the media type that the registry sent it with
 * @throws HostError `registry.bad_manifest`
 */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): Manifest {
  const json = parseJson(bytes);
  const shape = v.safeParse(shapeSchema, json);
  if (!shape.success) throw bad("The manifest is not one");
  const { schemaVersion, mediaType, layers, manifests } = shape.output;
  if (schemaVersion !== 2) {
    throw bad("The manifest's schemaVersion must be 2", "The image is of an old format: push it again.");
  }
  const said = [documentOf(typeof mediaType === "string" ? mediaType : undefined), documentOf(contentType)];
  const shown = manifests === undefined ? "image" : "index";
  if (layers !== undefined && manifests !== undefined) throw bad("The manifest has layers and manifests");
  if (said.some((kind) => kind !== undefined && kind !== shown)) {
    throw bad("The manifest is not what its media type says");
  }
  if (shown === "index") return { kind: "index", entries: checked(indexSchema, json).manifests };
  return { kind: "image", layers: checked(imageSchema, json).layers };
}

/**
 * The layers of an image, if they are all of a kind that may be pulled. Protocol section 12 items 7 and 8.
 * @throws HostError `registry.bad_manifest`, `registry.too_large`
 */
export function checkLayers(layers: readonly Descriptor[], maxBytes: number): readonly Descriptor[] {
  for (const { mediaType } of layers) {
    if (isLayerType(mediaType)) continue;
    throw bad(
      `incompatible layer media type: ${printable(mediaType)}`,
      "The image holds neither an actor nor a provider archive.",
    );
  }
  if (layers.length === 0) throw bad("no layers to pull");
  for (const { digest } of layers) if (!isDigest(digest)) throw bad("unsupported digest algorithm");
  const bytes = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (bytes <= maxBytes) return layers;
  throw new HostError(
    "registry.too_large",
    `The image has ${bytes} bytes, at most ${maxBytes} are accepted`,
    {
      hint: "Raise the limit of this host, or make the image smaller.",
      details: { bytes, maxBytes },
    },
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new HostError("registry.bad_manifest", "The manifest is not JSON", { cause });
  }
}

function checked<T extends typeof imageSchema | typeof indexSchema>(
  schema: T,
  json: unknown,
): v.InferOutput<T> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw bad(`The manifest is malformed: ${v.getDotPath(issue) ?? ""} ${printable(issue.message)}`);
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, 255);
}

function bad(message: string, hint?: string): HostError {
  return new HostError("registry.bad_manifest", message, hint === undefined ? {} : { hint });
}
