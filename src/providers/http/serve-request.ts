import { readBody } from "../../bytes/index.ts";
import type { HttpRequest, HttpResponse } from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import { decideCors } from "./cors.ts";
import type { IncomingRequest, ServedRoute } from "./http-front.ts";
import { toActorRequest, toResponse } from "./http-messages.ts";
import {
  BAD_PATH,
  bodyTooLarge,
  type CodedProblem,
  HttpProblem,
  ORIGIN_REFUSED,
  problemOf,
  SLOW_SENDER,
  UNREAD,
} from "./problems.ts";
import { hasTraversal } from "./routes.ts";

/** How requests are served in an environment. */
export interface ServeRules {
  /** Bytes of a request's body. */
  readonly maxBodyBytes: number;
  /** Ends the request, with its reason. */
  readonly late: AbortSignal;
  /** Headers that every answer of an actor has, whatever the actor says; default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Calls the actor with the request, once that is read. */
  readonly call: (read: () => Promise<HttpRequest>) => Promise<HttpResponse>;
  /** Makes the answer to a request that no actor answers. */
  readonly tell: (problem: CodedProblem) => Response;
  /** Told why an actor did not answer. */
  readonly onFailed: (error: unknown) => void;
}

/** Answers a request by the actor of a route, or by saying what is wrong. Never rejects. Contracts document 7.2. */
export async function serveRequest(
  request: IncomingRequest,
  route: ServedRoute,
  rules: ServeRules,
): Promise<Response> {
  const url = new URL(request.url);
  if (hasTraversal(url.pathname)) return rules.tell(BAD_PATH);
  const cors = decideCors(route.cors, request, url);
  if (cors.kind === "refused") return rules.tell(ORIGIN_REFUSED);
  if (cors.kind === "none") return answer(request, url, route, rules);
  const response = cors.isPreflight
    ? new Response(null, { status: 204 })
    : await answer(request, url, route, rules);
  for (const [name, value] of Object.entries(cors.headers)) {
    if (name === "vary") response.headers.append(name, value);
    else response.headers.set(name, value);
  }
  return response;
}

/**
 * Waits for something until a signal comes; what becomes of it later is nobody's concern.
 *
 * @param reason - what is thrown then; default the signal's own.
 */
export function untilLate<T>(
  work: Promise<T>,
  late: AbortSignal,
  reason: () => unknown = () => late.reason,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reason());
    if (late.aborted) stop();
    late.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => late.removeEventListener("abort", stop));
  });
}

/** Does work with a signal that comes when its time is over, with an error that says so. */
export async function inTime<T>(ms: number, work: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const noResponse = (): void => late.abort(new HostError("actor.deadline", `No response within ${ms} ms`));
  const timer = setTimeout(noResponse, ms);
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function answer(
  request: IncomingRequest,
  url: URL,
  { prefix }: ServedRoute,
  { maxBodyBytes, late, headers = {}, call, tell, onFailed }: ServeRules,
): Promise<Response> {
  let isReading = false;
  const read = async (): Promise<HttpRequest> => {
    isReading = true;
    const body = await bodyOf(request, maxBodyBytes, late);
    isReading = false;
    return toActorRequest(request, url, prefix, body);
  };
  const reason = (): unknown => (isReading ? new HttpProblem(SLOW_SENDER) : late.reason);
  try {
    const response = toResponse(await untilLate(call(read), late, reason), request.method);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  } catch (error) {
    if (!(error instanceof HttpProblem)) onFailed(error);
    return tell(problemOf(error));
  }
}

/** The body is read no further than it may be long. */
async function bodyOf(
  { headers, body }: IncomingRequest,
  maxBytes: number,
  late: AbortSignal,
): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw new HttpProblem(bodyTooLarge(maxBytes));
  const bytes = await readBody(body, maxBytes, late).catch(() => {
    throw new HttpProblem(UNREAD);
  });
  if (bytes === undefined) throw new HttpProblem(bodyTooLarge(maxBytes));
  return bytes;
}
