import { isDigest } from "../digest.ts";
import { isRegistry, isRepository, isTag } from "../image-reference.ts";

/** What a page asks of a registry through a proxy. */
export interface ProxyRoute {
  readonly registry: string;
  /** Path at the registry; absent for its token service. */
  readonly path: string | undefined;
  /** Methods that make sense there. */
  readonly methods: readonly string[];
}

const READ = ["GET", "HEAD"];
const DOCUMENT = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/;
const TAGS = /^\/v2\/(.+)\/tags\/list$/;
const UPLOAD = /^\/v2\/(.+)\/blobs\/uploads?\/([\w.=~-]*)$/;

/**
 * Understands the path of a request, `{prefix}/{registry}/v2/…` or `{prefix}/{registry}/token`; undefined for anything
 * that no client of images asks for.
 */
export function parseProxyPath(pathname: string, prefix: string): ProxyRoute | undefined {
  if (!pathname.startsWith(`${prefix}/`)) return undefined;
  const rest = pathname.slice(prefix.length + 1);
  const slash = rest.indexOf("/");
  const registry = rest.slice(0, Math.max(0, slash)).replace(/%3a/i, ":");
  if (!isRegistry(registry)) return undefined;
  const path = rest.slice(slash);
  if (path === "/token") return { registry, path: undefined, methods: ["GET"] };
  const methods = methodsOf(path);
  return methods === undefined ? undefined : { registry, path, methods };
}

function methodsOf(path: string): readonly string[] | undefined {
  if (path === "/v2/") return READ;
  const [, uploading, upload] = UPLOAD.exec(path) ?? [];
  if (uploading !== undefined && isRepository(uploading)) return upload === "" ? ["POST"] : ["PUT"];
  const [, listed] = TAGS.exec(path) ?? [];
  if (listed !== undefined && isRepository(listed)) return ["GET"];
  const [, repository, kind, name = ""] = DOCUMENT.exec(path) ?? [];
  if (repository === undefined || !isRepository(repository)) return undefined;
  if (kind === "blobs") return isDigest(name) ? READ : undefined;
  return isDigest(name) || isTag(name) ? [...READ, "PUT"] : undefined;
}
