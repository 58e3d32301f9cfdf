import { readBody } from "../../src/bytes/index.ts";
import { type HttpRequest, httpServerContract } from "../../src/contracts/index.ts";
import { asHostError, HostError } from "../../src/errors/index.ts";
import { hasNoBody, headerRecord, isHopByHop } from "../../src/providers/http/index.ts";
import { problemResponse } from "./problem.ts";

const { HandleRequest } = httpServerContract.deliveries;

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
  return {
    method: request.method,
    path: pathname,
    queryString: search.slice(1),
    header: headerRecord(request.headers),
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
      const known = name.toLowerCase();
      // How long the body is, the runtime sees for itself.
      if (!isHopByHop(known) && known !== "content-length") headers.set(name, value);
    }
    const bytes = hasNoBody(statusCode) ? null : (body as Uint8Array<ArrayBuffer>);
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
