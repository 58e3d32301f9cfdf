import { readBody } from "../../bytes/index.ts";
import type { HttpClientRequest, HttpResponse } from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import { headerInBase64 } from "./header-syntax.ts";
import { firstHop, type Hop, nextHop, toPlatformRequest } from "./outgoing-request.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** The bounds of a request. */
export interface ExchangeRules {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Whether a host may be asked; every redirect is checked too. */
  readonly allows: (url: URL) => boolean;
  readonly allowsAll: boolean;
  /** What can be done about a host that may not be asked. */
  readonly deniedHint: string;
  readonly maxRedirects: number;
  readonly maxResponseBytes: number;
  /** Milliseconds for the request with its redirects and the reading of the body. */
  readonly timeoutMs: number;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request, follows where it is redirected to, and reads the answer. Contracts document 7.3.
 *
 * @throws HostError `provider.bad_request`, `provider.denied`, `provider.failure`, `input.too_large`.
 */
export async function exchangeHttp(request: HttpClientRequest, rules: ExchangeRules): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(rules.timeoutMs);
  const signal = AbortSignal.any([timeout, rules.signal]);
  const first = firstHop(request);
  try {
    const response = await follow(first, rules, signal);
    return await answerOf(response, rules.maxResponseBytes, signal);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw transportError(first.url, timeout.aborted ? "operation timed out" : reasonOf(error), error);
  }
}

async function follow(first: Hop, rules: ExchangeRules, signal: AbortSignal): Promise<Response> {
  let hop = first;
  for (let redirects = 0; ; redirects++) {
    checkHost(hop.url, rules);
    const response = await rules.fetch(toPlatformRequest(hop, signal, "manual"));
    if (response.type === "opaqueredirect") return followBlindly(hop, rules, signal);
    const next = nextHop(hop, response);
    if (next === undefined) return response;
    await response.body?.cancel();
    if (redirects >= rules.maxRedirects) throw tooManyRedirects(first.url);
    hop = next;
  }
}

/** A browser says only that there is a redirect. Asking again, to be led there, must do no harm. */
async function followBlindly(hop: Hop, rules: ExchangeRules, signal: AbortSignal): Promise<Response> {
  if (rules.maxRedirects === 0) throw tooManyRedirects(hop.url);
  const isHarmless = hop.method === "GET" || hop.method === "HEAD";
  if (!isHarmless || !rules.allowsAll) {
    throw new HostError("provider.failure", `error following redirect for url (${hop.url.href}): hidden`, {
      hint: "The browser does not tell where the redirect leads. Ask for the final address.",
    });
  }
  return rules.fetch(toPlatformRequest(hop, signal, "follow"));
}

function checkHost(url: URL, { allows, deniedHint }: ExchangeRules): void {
  if (allows(url)) return;
  throw new HostError("provider.denied", `The host ${url.host} is not among the allowed hosts`, {
    hint: deniedHint,
  });
}

async function answerOf(response: Response, maxBytes: number, signal: AbortSignal): Promise<HttpResponse> {
  const body = await readBody(response.body, maxBytes, signal);
  if (body === undefined) {
    throw new HostError("input.too_large", `The response has more than ${maxBytes} bytes`);
  }
  const { status } = response;
  return { statusCode: status, status: reasonPhrase(status), header: headersOf(response), body };
}

/** Values of the same name joined, those that are no visible ASCII in base64, as the first-party provider does. */
function headersOf(response: Response): Record<string, string> {
  const values = new Map<string, string[]>();
  response.headers.forEach((value, name) => {
    const visible = /^[\t\x20-\x7e]*$/.test(value) ? value : headerInBase64(value);
    values.set(name, [...(values.get(name) ?? []), visible]);
  });
  // The body was decoded on its way here: what these say is no longer true.
  if (values.has("content-encoding")) {
    values.delete("content-encoding");
    values.delete("content-length");
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(",")]));
}

function transportError(url: URL, reason: string, cause: unknown): HostError {
  return new HostError("provider.failure", `error sending request for url (${url.href}): ${reason}`, {
    hint: "From a browser, the server must also allow this page by CORS.",
    cause,
  });
}

function tooManyRedirects(url: URL): HostError {
  return new HostError(
    "provider.failure",
    `error following redirect for url (${url.href}): too many redirects`,
  );
}

/** Platforms put the reason into the cause, if they tell it at all. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}
