import { asHostError, type HostError } from "../../errors/index.ts";

/** What is said with every answer: foreign bytes lie on the page's own origin and must never act as part of it. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Disposition": "attachment",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};
const EXPOSED = "Docker-Content-Digest, Location, Retry-After, WWW-Authenticate";

/** Headers that browsers want to see for a page of that origin. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  const vary = { Vary: "Origin" };
  if (origin === undefined) return vary;
  return { ...vary, "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED };
}

/** The answer to a preflight. */
export function preflight(origin: string, methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders(origin),
      "Access-Control-Allow-Methods": methods.join(", "),
      "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
    },
  });
}

/** An answer with the proxy's own headers. */
export function answer(
  status: number,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | string | null,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, { status, headers: { ...headers, ...OWN_HEADERS } });
}

/** An error as registries tell them. */
export function problem(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const code = status < 500 ? "DENIED" : "UNAVAILABLE";
  const body = JSON.stringify({ errors: [{ code, message }] });
  return answer(status, body, { "Content-Type": "application/json", ...headers });
}

/** What a failure on the way to a registry looks like to the page. */
export function failure(error: unknown, headers: Readonly<Record<string, string>>): Response {
  const known: HostError = asHostError(error);
  const status = known.code === "registry.timeout" ? 504 : known.code === "registry.too_large" ? 413 : 502;
  return problem(status, known.code === "internal" ? "The proxy failed" : known.message, headers);
}
