import type { Problem } from "./problems.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** A small page that says what is wrong; of 500, the text alone, as the first-party server answers. */
export function errorPage({ status, text, retryAfter }: Problem): Response {
  const headers: Record<string, string> = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
  };
  if (status === 500) {
    return new Response(text, {
      status,
      headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
    });
  }
  const title = `${status} ${reasonPhrase(status)}`;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`;
  return new Response(page, { status, headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
}
