import { type CodedProblem, reasonPhrase } from "../../src/providers/http/index.ts";

/** The answer to a request that is not served: the part of RFC 9457 that says something. */
export function problemResponse({ status, text, code, retryAfter }: CodedProblem): Response {
  const body = { type: "about:blank", title: reasonPhrase(status), status, detail: text, code };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    },
  });
}

/** The answer to a request for what is a WebSocket, by one that asks for none. */
export function upgradeRequired(): Response {
  const text = "A WebSocket is offered here, and nothing else";
  return problemResponse({ status: 426, text, code: "http.upgrade_required" });
}
