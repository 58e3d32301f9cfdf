import { readBody } from "../../src/bytes/index.ts";
import { type HttpRequest, httpServerContract } from "../../src/contracts/index.ts";
import { asHostError, HostError } from "../../src/errors/index.ts";
import { problemResponse } from "./problem.ts";

const { HandleRequest } = httpServerContract.deliveries;
/** Statuses whose responses have no body. */
const BODILESS: readonly number[] = [204, 205, 304];
/** What says how a message travels is the runtime's own matter, not the actor's. */
const OF_THE_CONNECTION: readonly string[] = [
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * A request for an actor. The body is read no further than it may be long.
 *
 * @param late - ends the reading, with its reason.
 * @throws HostError `input.too_large`.
 */
export async function toActorRequest(
  request: Request,
  maxBodyBytes: number,
  late: AbortSignal,
): Promise<HttpRequest> {
  const { pathname, search } = new URL(request.url);
  // Names that objects have by themselves are header names like others.
  const header: Record<string, string> = Object.create(null);
  request.headers.forEach((value, name) => {
    header[name] = value;
  });
  return {
    method: request.method,
    path: pathname,
    queryString: search.slice(1),
    header,
    body: await bodyOf(request, maxBodyBytes, late),
  };
}

/**
 * What an actor answered as a response; a problem where it is none that can be sent. The body is a part of the payload,
 * which the runtime sends piece by piece as the client takes it.
 *
 * @param method - of the request: the answer to `HEAD` tells how long a body would be, and has none.
 */
export function toResponse(
  method: string,
  payload: Uint8Array,
  onBadAnswer: (reason: string) => void,
): Response {
  try {
    const { statusCode, header, body } = HandleRequest.reply.decode(payload);
    if (statusCode < 200 || statusCode > 599) {
      throw new HostError("provider.bad_request", `${statusCode} is not the status of a response`);
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(header)) {
      if (!OF_THE_CONNECTION.includes(name.toLowerCase())) headers.set(name, value);
    }
    const bytes = BODILESS.includes(statusCode) ? null : (body as Uint8Array<ArrayBuffer>);
    if (method !== "HEAD" || bytes === null) return new Response(bytes, { status: statusCode, headers });
    headers.set("content-length", String(bytes.length));
    return new Response(null, { status: statusCode, headers });
  } catch (error) {
    onBadAnswer(asHostError(error).message);
    const detail = "The actor's answer is not an HTTP response";
    return problemResponse({ status: 502, detail, code: "http.bad_answer" });
  }
}

async function bodyOf(request: Request, maxBytes: number, late: AbortSignal): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? "0");
  const body = announced > maxBytes ? undefined : await readBody(request.body, maxBytes, late);
  if (body === undefined) throw tooLarge(maxBytes);
  return body;
}

function tooLarge(maxBytes: number): HostError {
  return new HostError("input.too_large", `The body has more than ${maxBytes} bytes`, {
    details: { limit: maxBytes },
  });
}
