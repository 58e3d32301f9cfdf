import type { ErrorCode, HostError } from "../../src/errors/index.ts";

/** What a failed request is answered with: the part of RFC 9457 that says something. */
export interface Problem {
  readonly status: number;
  /** One sentence. Never what a guest says: that is for the log. */
  readonly detail: string;
  /** Stable, for programs. */
  readonly code:
    | ErrorCode
    | "http.no_route"
    | "http.bad_answer"
    | "http.slow_sender"
    | "http.unauthorized"
    | "http.origin_refused"
    | "http.upgrade_required";
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  426: "Upgrade Required",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

const LATE: readonly ErrorCode[] = ["actor.deadline", "guest.fuel", "lattice.timeout"];
const AWAY: readonly ErrorCode[] = [
  "actor.no_instance",
  "actor.queue_full",
  "actor.not_running",
  "actor.stopped",
  "actor.parked",
  "actor.worker_failed",
  "claims.expired",
  "claims.not_yet_valid",
  "host.stopped",
  "host.not_started",
  "link.not_found",
  "provider.overloaded",
  "storage.failed",
  "storage.quota",
];

/** What a failure of ours means to who asked. */
export function problemOf(error: HostError): Problem {
  const { code } = error;
  if (code === "lattice.payload_too_large") {
    return { status: 413, detail: "The request is larger than the lattice takes", code };
  }
  if (LATE.includes(code)) return { status: 504, detail: "The actor did not answer in time", code };
  if (AWAY.includes(code) || code.startsWith("lattice.")) {
    return { status: 503, detail: "The actor cannot be reached now", code, retryAfter: 1 };
  }
  if (code.startsWith("guest.")) return { status: 502, detail: "The actor failed", code };
  if (code === "input.invalid" || code === "host.unsupported") {
    return { status: 500, detail: "This worker is not configured correctly; its log says more", code };
  }
  return { status: code === "internal" ? 500 : 502, detail: "The request could not be served", code };
}

export function problemResponse(problem: Problem): Response {
  const { status, detail, code, retryAfter } = problem;
  const body = { type: "about:blank", title: TITLES[status] ?? "Error", status, detail, code };
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
  const detail = "A WebSocket is offered here, and nothing else";
  return problemResponse({ status: 426, detail, code: "http.upgrade_required" });
}
