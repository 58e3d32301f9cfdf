import { type Stats, statSync } from "node:fs";
import { extname, join, posix } from "node:path";

/** A file that may be served. */
export interface StaticFile {
  readonly path: string;
  readonly size: number;
  readonly contentType: string;
  readonly entityTag: string;
  readonly cacheControl: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Names with a content hash, as the build writes them: their content never changes. */
const hashedAsset = /^\/assets\/[^/]+-[\w-]{8,}\.\w+(\.map)?$/;

/** The path of a request without its query, decoded and without `..`; `undefined` when it cannot be one of ours. */
export function requestedPath(url: string): string | undefined {
  const [encoded = "/"] = url.split(/[?#]/, 1);
  try {
    const path = decodeURIComponent(encoded);
    if (!path.startsWith("/") || /[\0\\]/.test(path)) return undefined;
    if (path.split("/").some((part) => part.startsWith("."))) return undefined; // no way up, no hidden files
    return posix.normalize(path.endsWith("/") ? `${path}index.html` : path);
  } catch {
    return undefined; // a broken percent escape
  }
}

/** The file for a path that {@link requestedPath} returned, if there is one in the folder. */
export function findStaticFile(directory: string, path: string): StaticFile | undefined {
  const file = join(directory, path);
  const stats = statsOf(file);
  if (stats === undefined || !stats.isFile()) return undefined;
  return {
    path: file,
    size: stats.size,
    contentType: contentTypes[extname(file)] ?? "application/octet-stream",
    entityTag: `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}"`,
    cacheControl: hashedAsset.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

function statsOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
