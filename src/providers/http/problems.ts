import { asHostError, type ErrorCode, HostError } from "../../errors/index.ts";

/** What a request is answered with that its actor does not answer. */
export interface Problem {
  readonly status: number;
  /** One sentence for whoever sees it. Never what a guest says: that is for the log. */
  readonly text: string;
  /** Seconds after which it may be tried again. */
  readonly retryAfter?: number;
}

/** Codes of what is wrong with HTTP itself, besides those of errors. */
export type HttpProblemCode =
  | "http.no_route"
  | "http.bad_path"
  | "http.bad_answer"
  | "http.slow_sender"
  | "http.unauthorized"
  | "http.origin_refused"
  | "http.upgrade_required";

/** A problem that programs can tell from others. */
export interface CodedProblem extends Problem {
  /** Stable. */
  readonly code: ErrorCode | HttpProblemCode;
}

export const NO_ROUTE: CodedProblem = {
  status: 404,
  code: "http.no_route",
  text: "No actor serves this address.",
};
export const BAD_PATH: CodedProblem = {
  status: 400,
  code: "http.bad_path",
  text: "The path leads out of its place.",
};
export const UNREAD: CodedProblem = {
  status: 400,
  code: "input.invalid",
  text: "The request was not received as a whole.",
};
export const SLOW_SENDER: CodedProblem = {
  status: 408,
  code: "http.slow_sender",
  text: "The request did not come in time.",
};
export const ORIGIN_REFUSED: CodedProblem = {
  status: 403,
  code: "http.origin_refused",
  text: "This address may not be used by pages of that origin.",
};
/** Too much is under way. */
export const BUSY: CodedProblem = {
  status: 503,
  code: "provider.overloaded",
  text: "The actor behind this address is busy. Try again in a moment.",
  retryAfter: 1,
};
/** In the words of the first-party server, as the text of what is refused. Contracts document 7.2. */
const BAD_ANSWER: CodedProblem = {
  status: 500,
  code: "http.bad_answer",
  text: "Malformed response from actor",
};
const REFUSED: Problem = { status: 500, text: "Failed to handle request" };

export function bodyTooLarge(maxBytes: number): CodedProblem {
  return { status: 413, code: "input.too_large", text: `The request has more than ${maxBytes} bytes.` };
}

/** What errors are to a client. All others are as what an actor refuses by itself. */
const KINDS: readonly { readonly problem: Problem; readonly codes: readonly ErrorCode[] }[] = [
  {
    // It is nowhere.
    problem: {
      status: 502,
      text: "The actor behind this address is not running, or cannot be reached.",
    },
    codes: [
      "dispatch.no_subscriber",
      "dispatch.no_target",
      "actor.not_running",
      "actor.stopped",
      "lattice.transport",
      "module.not_bundled",
    ],
  },
  {
    // It broke: what it was doing is lost.
    problem: { status: 502, text: "The actor behind this address failed." },
    codes: [
      "guest.trap",
      "guest.stack_too_deep",
      "guest.memory_limit",
      "guest.out_of_memory",
      "guest.host_call_unavailable",
      "actor.worker_failed",
      // Its answer: requests are measured before.
      "input.too_large",
      "lattice.undecodable",
    ],
  },
  {
    problem: BUSY,
    codes: [
      "actor.queue_full",
      "actor.no_instance",
      "actor.parked",
      "lattice.overloaded",
      "provider.overloaded",
    ],
  },
  {
    // The host itself lacks something for a while.
    problem: {
      status: 503,
      text: "The host of this address cannot serve it now. Try again in a moment.",
      retryAfter: 1,
    },
    codes: [
      "host.not_started",
      "host.stopped",
      "lattice.connect_failed",
      "lattice.not_connected",
      "provider.not_running",
      "storage.failed",
      "storage.quota",
    ],
  },
  {
    problem: { status: 504, text: "The actor behind this address did not answer in time." },
    codes: ["actor.deadline", "guest.fuel", "lattice.timeout"],
  },
  {
    problem: { status: 413, text: "The request is larger than the lattice takes." },
    codes: ["lattice.payload_too_large"],
  },
  { problem: NO_ROUTE, codes: ["link.not_found"] },
  {
    problem: {
      status: 500,
      text: "The host of this address is not configured correctly; its log says more.",
    },
    codes: ["input.invalid", "host.unsupported"],
  },
];
/** A request that goes no further. */
export class HttpProblem extends HostError {
  readonly problem: CodedProblem;

  constructor(problem: CodedProblem) {
    super("input.invalid", problem.text);
    this.problem = problem;
  }
}

/** What a failure is to who waits for the answer. */
export function problemOf(error: unknown): CodedProblem {
  if (error instanceof HttpProblem) return error.problem;
  const { code, details } = asHostError(error);
  if (code === "provider.bad_request") return BAD_ANSWER;
  // Calls that fail in a dispatcher say why they did.
  const reason = typeof details["reason"] === "string" ? (details["reason"] as ErrorCode) : code;
  const known = KINDS.find(({ codes }) => codes.includes(reason));
  return { ...(known?.problem ?? REFUSED), code: reason };
}
