import { HostError } from "../../errors/index.ts";

/** Options of {@link natsAccountServer}. */
export interface NatsAccountServerOptions {
  /**
   * Address of the server with the version of its interface, such as `https://accounts.example.com/jwt/v1`. With or
   * without a slash at its end: the first-party authorizer loses the last segment of one without.
   */
  readonly root: string;
  /** Sends the requests; default the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Milliseconds that a yes is remembered, never beyond the account's expiry; default 300,000. 0: not at all. */
  readonly cacheMs?: number;
  /** Milliseconds that a no is remembered; default 10,000. 0: not at all. Failures are never remembered. */
  readonly negativeCacheMs?: number;
  /** Milliseconds for an answer, its body included; default 2,000. */
  readonly timeoutMs?: number;
  /** Answers remembered at one time; default 10,000. */
  readonly maxCached?: number;
  /** Accounts asked about at one time, one more is refused; default 100. */
  readonly maxPending?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Options with every default in place. */
export interface ResolvedAccountServerOptions extends Required<NatsAccountServerOptions> {
  /** Without a slash at its end. */
  readonly root: string;
}

/** @throws HostError `input.invalid` for a bad address or number. */
export function resolveAccountServerOptions(options: NatsAccountServerOptions): ResolvedAccountServerOptions {
  return Object.freeze({
    root: checkRoot(options.root),
    // Looked up at each call, and called without a receiver, as browsers demand.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    cacheMs: wholeNumber("cacheMs", options.cacheMs ?? 300_000, 0),
    negativeCacheMs: wholeNumber("negativeCacheMs", options.negativeCacheMs ?? 10_000, 0),
    timeoutMs: wholeNumber("timeoutMs", options.timeoutMs ?? 2_000, 1),
    maxCached: wholeNumber("maxCached", options.maxCached ?? 10_000, 1),
    maxPending: wholeNumber("maxPending", options.maxPending ?? 100, 1),
    now: options.now ?? Date.now,
  });
}

function checkRoot(root: string): string {
  const url = URL.canParse(root) ? new URL(root) : undefined;
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (isWeb && url.username === "" && url.password === "" && !/[?#]/.test(root)) {
    return url.href.replace(/\/+$/, "");
  }
  // Not quoted: what stands before an @ may be a password, and a query may hold a token.
  throw new HostError("input.invalid", "The root is not the address of an account server", {
    hint: "Give an http or https address without user name, password, query and fragment.",
  });
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= 0x7fffffff) return value;
  throw new HostError(
    "input.invalid",
    `The option ${name} must be a whole number from ${least} to 2,147,483,647, not ${value}`,
  );
}
