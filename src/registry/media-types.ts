/** What an image holds. */
export type ImageKind = "actor" | "provider";

/** Layer of an actor module, as first-party tools push it. */
export const ACTOR_LAYER = "application/vnd.module.wasm.content.layer.v1+wasm";
/** Layer of a provider archive, as first-party tools push it. */
export const PROVIDER_LAYER = "application/vnd.wasmcloud.provider.archive.layer.v1+par";
/** A layer of either, from tools that know no better. */
const PLAIN_LAYER = "application/vnd.oci.image.layer.v1.tar";

/** Layers that may be pulled, and what they may hold: protocol section 12 item 7, and what other tools push. */
const LAYER_KINDS: ReadonlyMap<string, readonly ImageKind[]> = new Map([
  [ACTOR_LAYER, ["actor"]],
  ["application/wasm", ["actor"]],
  ["application/vnd.wasm.content.layer.v1+wasm", ["actor"]],
  [PROVIDER_LAYER, ["provider"]],
  [PLAIN_LAYER, ["actor", "provider"]],
]);

/** Whether a layer may be pulled; with a kind, whether it may hold that. */
export function isLayerType(mediaType: string, kind?: ImageKind): boolean {
  const kinds = LAYER_KINDS.get(mediaType);
  return kinds !== undefined && (kind === undefined || kinds.includes(kind));
}

/** The layer that a kind is pushed as. */
export const LAYER_OF: Readonly<Record<ImageKind, string>> = { actor: ACTOR_LAYER, provider: PROVIDER_LAYER };

/** The configuration that goes with a pushed kind, as first-party tools name it. */
export const CONFIG_OF: Readonly<Record<ImageKind, string>> = {
  actor: "application/vnd.wasmcloud.actor.archive.config",
  provider: "application/vnd.wasmcloud.provider.archive.config",
};

/** Manifest of one image. */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Everything that a manifest may be, for the `Accept` header. */
export const MANIFEST_TYPES: string = [OCI_MANIFEST, DOCKER_MANIFEST, OCI_INDEX, DOCKER_LIST].join(", ");

/** What a media type says a document is; undefined where it says nothing of use. */
export function documentOf(mediaType: string | undefined): "image" | "index" | undefined {
  if (mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST) return "image";
  if (mediaType === OCI_INDEX || mediaType === DOCKER_LIST) return "index";
  return undefined;
}
