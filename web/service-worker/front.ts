import { readBody } from "../../src/bytes/index.ts";
import { errorPage, NO_ROUTE, type Problem, UNREAD } from "../../src/providers/http/index.ts";
import { type AnswerPolicy, secured, toResponse } from "./answers.ts";
import type { Asked, HostLink } from "./host-link.ts";
import type { HostTable } from "./host-table.ts";
import { type HeaderList, MAX_HEADERS, MAX_TEXT } from "./messages.ts";

/** How a {@link Front} is made. */
export interface FrontOptions extends AnswerPolicy {
  /** Bytes of a request's body; default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Milliseconds for a request; default 35,000, a little more than hosts take. */
  readonly deadlineMs?: number;
  /** Milliseconds in which a host must say that it is ready for a request; default 2,000. */
  readonly readyMs?: number;
  /** Requests under way at one time; default 1,024. */
  readonly maxRequests?: number;
}

const PROBLEMS = {
  "no-host": {
    status: 503,
    text: "No tab of this browser serves actors here now. Open the dashboard, start the HTTP server and link the actor.",
    retryAfter: 1,
  },
  "no-route": NO_ROUTE,
  untaken: {
    status: 503,
    text: "The tab that serves this address does not answer. Try again in a moment.",
    retryAfter: 1,
  },
  lost: {
    status: 502,
    text: "The tab that served this address ended before it answered. Whether the request had its effect is not known.",
  },
  late: { status: 504, text: "The actor behind this address did not answer in time." },
  busy: { status: 503, text: "Too many requests are under way. Try again in a moment.", retryAfter: 1 },
  address: { status: 414, text: "The address is too long." },
  headers: { status: 431, text: "The request has too many headers, or too long ones." },
  unread: UNREAD,
} as const satisfies Record<string, Problem>;

/** Methods whose requests may be repeated although a host had them. */
const SAFE: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Answers requests by the hosts of this origin. */
export class Front {
  readonly #hosts: HostTable;
  readonly #options: Required<FrontOptions>;
  #underWay = 0;

  constructor(hosts: HostTable, options: FrontOptions) {
    this.#hosts = hosts;
    this.#options = {
      maxBodyBytes: 8 * 1024 * 1024,
      deadlineMs: 35_000,
      readyMs: 2_000,
      maxRequests: 1_024,
      ...options,
    };
  }

  /** Answers by an actor, or by a page that says what is wrong. Never rejects. */
  async handle(request: Request): Promise<Response> {
    const { maxRequests, deadlineMs } = this.#options;
    if (this.#underWay >= maxRequests) return this.#problem(PROBLEMS.busy);
    this.#underWay++;
    try {
      const asked = await this.#read(request, AbortSignal.timeout(deadlineMs));
      if ("text" in asked) return this.#problem(asked);
      return await this.#answer(asked, performance.now() + deadlineMs);
    } finally {
      this.#underWay--;
    }
  }

  async #answer(asked: Asked, until: number): Promise<Response> {
    const { pathname } = new URL(asked.url);
    const tried = new Set<HostLink>();
    for (;;) {
      const host = await this.#hosts.choose(pathname, tried);
      // Those that serve it were tried, and are not there for it.
      if (host === "no-route" && tried.size > 0) return this.#problem(PROBLEMS.untaken);
      if (typeof host === "string") return this.#problem(PROBLEMS[host]);
      const answerMs = until - performance.now();
      if (answerMs <= 0) return this.#problem(PROBLEMS.late);
      const outcome = await host.ask(asked, { readyMs: Math.min(this.#options.readyMs, answerMs), answerMs });
      if (outcome.kind === "answered") return toResponse(outcome.answer, asked.url, this.#options);
      if (outcome.kind === "late" || (outcome.kind === "lost" && !mayRepeat(asked))) {
        return this.#problem(PROBLEMS[outcome.kind]);
      }
      tried.add(host);
    }
  }

  async #read(request: Request, signal: AbortSignal): Promise<Asked | Problem> {
    const { maxBodyBytes } = this.#options;
    const { method, url, mode } = request;
    if (url.length > MAX_TEXT) return PROBLEMS.address;
    const headers = headersOf(request);
    if (!areBounded(headers)) return PROBLEMS.headers;
    let body: ArrayBuffer | undefined;
    try {
      body = await bodyOf(request, maxBodyBytes, signal);
    } catch {
      return PROBLEMS.unread;
    }
    if (body === undefined) return { status: 413, text: `The request has more than ${maxBodyBytes} bytes.` };
    if (body.byteLength > 0) headers.push(["content-length", String(body.byteLength)]);
    return { method, url, mode, headers, body: body.byteLength === 0 ? null : body };
  }

  #problem(problem: Problem): Response {
    return secured(errorPage(problem), this.#options);
  }
}

/** Whether a request may be made again although a host had it. */
function mayRepeat({ method, body }: Asked): boolean {
  return SAFE.includes(method) && body === null;
}

/** As a server gets them, but for those that browsers tell nobody. */
function headersOf({ headers, referrer }: Request): [string, string][] {
  const list = [...headers].map(([name, value]): [string, string] => [name, value]);
  return /^https?:/.test(referrer) ? [...list, ["referer", referrer]] : list;
}

function areBounded(headers: HeaderList): boolean {
  const isBounded = headers.every(([name, value]) => name.length <= MAX_TEXT && value.length <= MAX_TEXT);
  return isBounded && headers.length < MAX_HEADERS;
}

/** Undefined if there are more bytes than that. */
async function bodyOf(
  request: Request,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ArrayBuffer | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return new ArrayBuffer(0);
  // Firefox has no stream of a request's body.
  if (request.body === undefined) {
    const bytes = await request.arrayBuffer();
    return bytes.byteLength > maxBytes ? undefined : bytes;
  }
  return (await readBody(request.body, maxBytes, signal))?.buffer;
}
