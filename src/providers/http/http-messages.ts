import type { HttpRequest, HttpResponse } from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import { isHeaderName, isHeaderValue } from "./header-syntax.ts";
import type { IncomingRequest } from "./http-front.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** Between two neighbours only, or set by whoever sends the answer. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
const WITHOUT_BODY = [204, 205, 304];

/** Whether a header, in lower case, says how a message travels: that is not for actors to say. */
function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.includes(name);
}

/** Whether responses of that status have no body. */
export function hasNoBody(status: number): boolean {
  return WITHOUT_BODY.includes(status);
}

/** Headers as actors get them. Names that objects have by themselves are header names like others. */
function headerRecord(headers: Headers): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  headers.forEach((value, name) => {
    record[name] = value;
  });
  return record;
}

/** The form in which an actor gets a request. Contracts document 7.2. */
export function toActorRequest(
  request: IncomingRequest,
  url: URL,
  prefix: string,
  body: Uint8Array,
): HttpRequest {
  const header = headerRecord(request.headers);
  header["host"] ??= url.host;
  // How the actor can make links to itself; nobody else may say it.
  delete header["x-forwarded-prefix"];
  if (prefix !== "") header["x-forwarded-prefix"] = prefix;
  return {
    method: request.method.toUpperCase(),
    path: url.pathname.slice(prefix.length) || "/",
    queryString: url.search.replace(/^\?/, ""),
    header,
    body,
  };
}

/**
 * The answer of an actor as a response.
 *
 * @throws HostError `provider.bad_request` for a status or header that cannot be sent, or would begin another header.
 */
export function toResponse(answer: HttpResponse, method: string): Response {
  const { statusCode: status } = answer;
  // What platforms let a response be; 1xx cannot be an answer.
  if (status < 200 || status > 599) throw malformed(`the status ${status}`);
  const isHead = method === "HEAD";
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.header)) {
    if (!isHeaderName(name) || !isHeaderValue(value)) throw malformed("a header that is none");
    const known = name.toLowerCase();
    if (isHopByHop(known) || (known === "content-length" && !isHead)) continue;
    headers.set(name, value);
  }
  // The body is a part of the payload, which runtimes send piece by piece as the client takes it.
  const body = hasNoBody(status) ? null : (answer.body as Uint8Array<ArrayBuffer>);
  if (isHead && body !== null && body.length > 0 && !headers.has("content-length")) {
    headers.set("content-length", String(body.length));
  }
  return new Response(isHead ? null : body, { status, statusText: reasonPhrase(status), headers });
}

function malformed(what: string): HostError {
  return new HostError("provider.bad_request", `The actor answered with ${what}`);
}
