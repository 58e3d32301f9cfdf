/** What Cloudflare-style runtimes take beside what all do. */
interface EncodedInit extends ResponseInit {
  readonly encodeBody: "manual";
}

/** The response with its body as it is: what an actor has compressed the runtime would compress once more. */
export function asEncoded(response: Response): Response {
  if (!response.headers.has("content-encoding")) return response;
  const { status, statusText, headers } = response;
  const init: EncodedInit = { status, statusText, headers, encodeBody: "manual" };
  return new Response(response.body, init);
}
