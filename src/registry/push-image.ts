import { HostError } from "../errors/index.ts";
import { digestOf } from "./digest.ts";
import type { ImageReference } from "./image-reference.ts";
import { CONFIG_OF, type ImageKind, LAYER_OF, OCI_MANIFEST } from "./media-types.ts";
import type { RegistrySession } from "./session.ts";
import { statusError } from "./status-error.ts";

/** What a push is made from. */
export interface PushParts {
  readonly session: RegistrySession;
  readonly reference: ImageReference;
  readonly bytes: Uint8Array;
  readonly kind: ImageKind;
  readonly annotations: Readonly<Record<string, string>>;
  /** Told how many bytes the registry has. */
  readonly report: (bytesDone: number, bytesTotal: number) => void;
}

const encoder = new TextEncoder();
const CONFIG = encoder.encode("{}");

/**
 * Pushes one image of one layer, and returns the digest of its manifest.
 *
 * The manifest is OCI's, and does not say so in its body: first-party 0.18 hosts refuse one that does, and take this.
 * Protocol section 12 item 6.
 */
export async function pushImage(parts: PushParts): Promise<string> {
  const { session, reference, bytes, kind, annotations, report } = parts;
  const { tag } = reference;
  if (tag === undefined || reference.digest !== undefined) {
    throw new HostError("registry.invalid_reference", "An image is pushed under a tag, not a digest", {
      hint: "The registry works out the digest; it is told when the push is done.",
    });
  }
  report(0, bytes.length);
  const layer = { mediaType: LAYER_OF[kind], size: bytes.length, digest: await uploadBlob(session, bytes) };
  report(bytes.length, bytes.length);
  const config = {
    mediaType: CONFIG_OF[kind],
    size: CONFIG.length,
    digest: await uploadBlob(session, CONFIG),
  };
  const named = Object.keys(annotations).length === 0 ? {} : { annotations };
  const manifest = encoder.encode(JSON.stringify({ schemaVersion: 2, config, layers: [layer], ...named }));
  const digest = await digestOf(manifest);
  const exchange = await session.send({
    method: "PUT",
    url: `${session.repository}/manifests/${tag}`,
    headers: { "Content-Type": OCI_MANIFEST },
    body: manifest,
  });
  if (exchange.status !== 201) throw await statusError(exchange, `Putting the manifest ${tag}`);
  exchange.discard();
  const told = exchange.header("docker-content-digest");
  if (told === undefined || told === digest) return digest;
  throw new HostError("registry.digest_mismatch", `The registry calls the image ${told}, not ${digest}`, {
    hint: "It has changed the manifest on the way in.",
    details: { expected: digest, actual: told },
  });
}

/** Uploads bytes in one piece unless the registry has them, and returns their digest. */
async function uploadBlob(session: RegistrySession, bytes: Uint8Array): Promise<string> {
  const digest = await digestOf(bytes);
  const known = await session.send({ method: "HEAD", url: `${session.repository}/blobs/${digest}` });
  known.discard();
  if (known.status === 200) return digest;
  const place = await session.send({ method: "POST", url: `${session.repository}/blobs/uploads/` });
  if (place.status !== 202) throw await statusError(place, "Starting the upload");
  place.discard();
  const url = uploadAddress(place.header("location"), place.url);
  url.searchParams.append("digest", digest);
  const done = await session.send({
    method: "PUT",
    url: url.href,
    headers: { "Content-Type": "application/octet-stream" },
    body: bytes,
  });
  if (done.status !== 201) throw await statusError(done, `Uploading ${digest}`);
  done.discard();
  return digest;
}

/** Where the bytes go: a path, or a whole address. Authorization goes along only to the origin of the registry. */
function uploadAddress(location: string | undefined, from: string): URL {
  if (location === undefined || !URL.canParse(location, from)) {
    throw new HostError("registry.bad_response", "The registry does not say where to upload to", {
      hint: "In a page, a registry on another origin must expose its Location header by CORS.",
    });
  }
  const url = new URL(location, from);
  if (new URL(from).protocol !== "https:" || url.protocol === "https:") return url;
  throw new HostError("registry.insecure_refused", `The registry leads from https to http: ${url.origin}`, {
    hint: "That may be the registry's mistake behind its own proxy. Nothing was sent there.",
    details: { origin: url.origin },
  });
}
