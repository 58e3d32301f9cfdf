import { hasNoBody } from "../../src/providers/http/index.ts";
import type { AnswerMessage } from "./messages.ts";

/**
 * Headers by which an answer would speak for the whole origin, or have the browser keep something. Actors share the
 * origin with pages that they are not to touch.
 */
const ORIGIN_WIDE: readonly string[] = [
  "accept-ch",
  "alt-svc",
  "clear-site-data",
  "nel",
  "origin-agent-cluster",
  "origin-trial",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
];

/** Makes an actor's page an origin of its own, without cookies and storage, which no other page is the same as. */
const SANDBOX = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";

/** How answers are made safe for the origin. */
export interface AnswerPolicy {
  /** Whether actors' pages get an origin of their own. */
  readonly isIsolated: boolean;
}

/** What a host answered, as the browser may have it. */
export function toResponse(answer: AnswerMessage, address: string, policy: AnswerPolicy): Response {
  const headers = new Headers();
  for (const [name, value] of answer.headers) {
    if (!ORIGIN_WIDE.includes(name.toLowerCase())) headers.append(name, value);
  }
  const location = headers.get("location");
  // A response that was made here has no address that it could be relative to.
  if (location !== null && URL.canParse(location, address)) {
    headers.set("location", new URL(location, address).href);
  }
  const { status, statusText } = answer;
  const body = hasNoBody(status) ? null : answer.body;
  return secured(new Response(body, { status, statusText, headers }), policy);
}

/** The response with the policy of its page; a policy of the actor's own holds too. */
export function secured(response: Response, { isIsolated }: AnswerPolicy): Response {
  if (isIsolated) response.headers.append("content-security-policy", SANDBOX);
  return response;
}
