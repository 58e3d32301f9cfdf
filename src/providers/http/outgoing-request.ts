import { HostError } from "../../errors/index.ts";
import { isHeaderName, isHeaderValue } from "./header-syntax.ts";

/** A request, or one of those that follow its redirects. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Exactly those of the first-party provider. */
const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];

/** Not to be told to another host, or not true of it. */
const OF_HOST = ["authorization", "cookie", "cookie2", "host", "proxy-authorization", "www-authenticate"];
const OF_BODY = ["content-encoding", "content-length", "content-type", "transfer-encoding"];

/**
 * Checks what an actor wants sent.
 *
 * @throws HostError `provider.bad_request` for a method, address or header that cannot be.
 */
export function firstHop(request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}): Hop {
  const { method, body } = request;
  // Two spaces: so says the first-party provider.
  if (!METHODS.includes(method)) throw refused(`unknown method:  ${method}`);
  if (!URL.canParse(request.url)) throw refused("builder error: relative URL without a base");
  const url = new URL(request.url);
  if (!isOfWeb(url)) {
    throw refused(`builder error for url (${url.href}): URL scheme is not allowed`);
  }
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isHeaderName(name)) throw refused("invalid HTTP header name");
    if (!isHeaderValue(value)) throw refused(`failed to parse header value of ${name}`);
  }
  return { method, url, headers: withCredentials(url, request.headers), body };
}

/**
 * Where a response redirects to; undefined if it does not.
 *
 * @throws HostError `provider.failure` for what is not on the web: some platforms fetch files of the machine, too.
 */
export function nextHop(hop: Hop, response: Response): Hop | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  if (location === null || !URL.canParse(location, hop.url.href)) return undefined;
  const url = new URL(location, hop.url.href);
  if (!isOfWeb(url)) {
    const message = `error following redirect for url (${hop.url.href}): URL scheme is not allowed`;
    throw new HostError("provider.failure", message);
  }
  // Who redirects gives no credentials, and fetch refuses them in an address.
  url.username = "";
  url.password = "";
  const leaves = url.host !== hop.url.host || url.protocol !== hop.url.protocol;
  const keepsMethod = response.status >= 307;
  const dropped = [...(leaves ? OF_HOST : []), ...(keepsMethod ? [] : OF_BODY)];
  return {
    url,
    method: keepsMethod || hop.method === "HEAD" ? hop.method : "GET",
    headers: Object.fromEntries(
      Object.entries(hop.headers).filter(([name]) => !dropped.includes(name.toLowerCase())),
    ),
    body: keepsMethod ? hop.body : new Uint8Array(0),
  };
}

/**
 * The request as the platform makes it.
 *
 * @throws HostError `provider.failure` if the platform would send it without one of its headers, or not at all.
 */
export function toPlatformRequest(hop: Hop, signal: AbortSignal, redirect: "follow" | "manual"): Request {
  const hasBody = hop.body.length > 0 && hop.method !== "GET" && hop.method !== "HEAD";
  let request: Request;
  try {
    request = new Request(hop.url.href, {
      method: hop.method,
      headers: hop.headers,
      signal,
      redirect,
      // An actor must not act with the cookies of whoever looks at the page. Some edge runtimes know no such option.
      ...("credentials" in Request.prototype ? { credentials: "omit" } : {}),
      ...(hasBody ? { body: new Uint8Array(hop.body) } : {}),
    });
  } catch (error) {
    throw new HostError("provider.failure", `This platform cannot send ${hop.method} to ${hop.url.href}`, {
      cause: error,
    });
  }
  const lost = Object.keys(hop.headers).find((name) => !request.headers.has(name));
  if (lost === undefined) return request;
  throw new HostError("provider.failure", `This platform does not let a request have the header ${lost}`, {
    hint: "Browsers set it themselves. Leave it out, or link to a provider on another host.",
  });
}

/** `user:password@` of an address, which fetch refuses, as the header that it stands for. */
function withCredentials(url: URL, headers: Readonly<Record<string, string>>): Hop["headers"] {
  const { username, password } = url;
  if (username === "" && password === "") return headers;
  url.username = "";
  url.password = "";
  if (Object.keys(headers).some((name) => name.toLowerCase() === "authorization")) return headers;
  const plain = new TextEncoder().encode(`${unescaped(username)}:${unescaped(password)}`);
  return { ...headers, authorization: `Basic ${btoa(String.fromCharCode(...plain))}` };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused("builder error: the user or password in the URL is not percent-encoded UTF-8");
  }
}

function isOfWeb({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

function refused(message: string): HostError {
  return new HostError("provider.bad_request", message);
}
