import { HostError } from "../errors/index.ts";
import { isDigest } from "./digest.ts";

/** What an image is called: `registry/repository:tag`, `registry/repository@digest`, or both. */
export interface ImageReference {
  /** Host of the registry, with its port where one is given. */
  readonly registry: string;
  /** Path of the image in the registry. */
  readonly repository: string;
  /** `latest` where neither a tag nor a digest is given; absent where only a digest is. */
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. Goes before the tag. */
  readonly digest?: string;
  /** As it was written. */
  readonly text: string;
}

const MAX_TEXT = 1_024;
const MAX_NAME = 255;
const LATEST = "latest";
const DOMAIN_COMPONENT = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const REGISTRY = new RegExp(`^${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*(?::[0-9]{1,5})?$`);
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]{32,})$/;
const SHA256_DIGITS = 64;

/**
 * Understands the name of an image. What stands before the first slash is the registry: none is added.
 * Protocol section 12.
 * @throws HostError `registry.invalid_reference`
 */
export function parseImageReference(text: string): ImageReference {
  if (text.length > MAX_TEXT) throw invalid("invalid reference format", text);
  const [beforeDigest = "", ...digests] = text.split("@");
  const colon = beforeDigest.lastIndexOf(":");
  const isTagged = colon > beforeDigest.lastIndexOf("/") && beforeDigest.includes("/");
  const name = isTagged ? beforeDigest.slice(0, colon) : beforeDigest;
  const { registry, repository } = parseName(name, text);
  if (isTagged && !TAG.test(beforeDigest.slice(colon + 1))) throw invalid("invalid reference format", text);
  if (digests.length > 1) throw invalid("invalid reference format", text);
  const [digest] = digests;
  if (digest !== undefined) checkDigestText(digest, text);
  const tag = isTagged ? beforeDigest.slice(colon + 1) : digest === undefined ? LATEST : undefined;
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    text,
  };
}

/** Whether a reference means whatever is the newest: tagged so, or not tagged at all, and not pinned by a digest. */
export function isLatest(reference: ImageReference): boolean {
  return reference.digest === undefined && reference.tag === LATEST;
}

/** Whether a text names a registry: a host, or a host and a port. */
export function isRegistry(text: string): boolean {
  if (text.length > MAX_NAME || !REGISTRY.test(text)) return false;
  const [, port = "443"] = text.split(":");
  return Number(port) >= 1 && Number(port) <= 65_535;
}

/** Whether a text is the path of an image in a registry. */
export function isRepository(text: string): boolean {
  return text.length <= MAX_NAME && REPOSITORY.test(text);
}

/** Whether a text is a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

function parseName(name: string, text: string): { registry: string; repository: string } {
  const slash = name.indexOf("/");
  if (slash === -1) throw invalid("repository name must have at least one component", text);
  if (name.length > MAX_NAME) {
    throw invalid(`repository name must not be more than ${MAX_NAME} characters`, text);
  }
  const registry = name.slice(0, slash);
  const repository = name.slice(slash + 1);
  if (!isRegistry(registry)) throw invalid("invalid reference format", text);
  if (isRepository(repository)) return { registry, repository };
  if (isRepository(repository.toLowerCase())) throw invalid("repository name must be lowercase", text);
  throw invalid("invalid reference format", text);
}

function checkDigestText(digest: string, text: string): void {
  if (isDigest(digest)) return;
  const [, algorithm, digits] = DIGEST.exec(digest) ?? [];
  if (algorithm === undefined || digits === undefined) throw invalid("invalid checksum digest format", text);
  if (algorithm !== "sha256") throw invalid("unsupported digest algorithm", text);
  if (digits.length !== SHA256_DIGITS) throw invalid("invalid checksum digest length", text);
  throw invalid("invalid checksum digest format", text);
}

function invalid(message: string, text: string): HostError {
  return new HostError("registry.invalid_reference", message, {
    hint: "A reference to an image looks like registry.example.com/team/echo:0.3.2, or ends in @sha256:… instead of a tag.",
    details: { reference: text.slice(0, MAX_NAME) },
  });
}
