import { HostError, messageOf } from "../../errors/index.ts";
import { isPublicKey } from "../../keys/index.ts";
import { within } from "../../time/index.ts";
import type { Authorizer } from "../authorizer.ts";
import { type AccountAnswer, readAccountAnswer } from "./account-answer.ts";
import {
  type NatsAccountServerOptions,
  type ResolvedAccountServerOptions,
  resolveAccountServerOptions,
} from "./account-server-options.ts";
import { RecentAnswers } from "./recent-answers.ts";
import { responseText } from "./response-text.ts";

/** An account with many exports and imports has tens of KiB. */
const MAX_ANSWER_BYTES = 1_048_576;

/**
 * Lets actors load and call if a NATS account server knows the account that signed them, and it has not expired. Asks
 * `{root}/accounts/{issuer}?check=true&decode=true`, as the first-party authorizer does. Protocol section 4.6.
 *
 * A 2xx answer that tells of the very account is a yes; a 404 and an account that has expired are a no. Whatever else
 * comes, a redirection too, or nothing in time, refuses as well, and the error says why (`dispatch.authorizer_failed`).
 *
 * Differences from the first-party authorizer, which asks when an actor is started, believes a yes for ever, and lets
 * call whom it let load: here a call asks the same question, answered from memory as a rule, so that an account that
 * was withdrawn cannot call for longer than `cacheMs`; while the server is away nothing is allowed beyond what is
 * remembered. The expiry is looked at here, since the server leaves its check out when it is asked to decode.
 *
 * @throws HostError `input.invalid` for a bad option.
 */
export function natsAccountServer(options: NatsAccountServerOptions): Authorizer {
  const server = new AccountServer(resolveAccountServerOptions(options));
  return {
    canLoad: ({ issuer }) => server.knows(issuer),
    canInvoke: ({ issuer }) => server.knows(issuer),
  };
}

class AccountServer {
  readonly #options: ResolvedAccountServerOptions;
  readonly #answers: RecentAnswers;
  /** Questions under way, by issuer. */
  readonly #pending = new Map<string, Promise<boolean>>();

  constructor(options: ResolvedAccountServerOptions) {
    this.#options = options;
    this.#answers = new RecentAnswers(options.maxCached);
  }

  /** @throws HostError `dispatch.authorizer_failed`. */
  async knows(issuer: string): Promise<boolean> {
    const remembered = this.#answers.get(issuer, this.#options.now());
    if (remembered !== undefined) return remembered;
    // Claims may name any key, and what is in them becomes part of an address.
    if (!isPublicKey(issuer, "account")) return false;
    return this.#pending.get(issuer) ?? this.#begin(issuer);
  }

  #begin(issuer: string): Promise<boolean> {
    if (this.#pending.size >= this.#options.maxPending) {
      throw this.#failure(`is being asked about ${this.#pending.size} accounts already`);
    }
    const question = this.#ask(issuer).finally(() => this.#pending.delete(issuer));
    this.#pending.set(issuer, question);
    return question;
  }

  async #ask(issuer: string): Promise<boolean> {
    const { timeoutMs, cacheMs, negativeCacheMs, now } = this.#options;
    const stop = new AbortController();
    try {
      const late = (): HostError => this.#failure(`did not answer within ${timeoutMs} ms`);
      const account = await within(this.#fetch(issuer, stop.signal), timeoutMs, late);
      const expiresAt = account === undefined ? 0 : (account.expires ?? Number.POSITIVE_INFINITY) * 1_000;
      const isAllowed = expiresAt > now();
      const until = isAllowed ? Math.min(now() + cacheMs, expiresAt) : now() + negativeCacheMs;
      this.#answers.put(issuer, isAllowed, until);
      return isAllowed;
    } finally {
      // Ends what is late, and bodies that nobody reads.
      stop.abort();
    }
  }

  /** @returns undefined if the server does not know the account. */
  async #fetch(issuer: string, signal: AbortSignal): Promise<AccountAnswer | undefined> {
    const { root, fetch } = this.#options;
    const url = `${root}/accounts/${issuer}?check=true&decode=true`;
    try {
      // A redirection could lead to anyone, and browsers hide where to.
      const response = await fetch(url, { signal, redirect: "manual" });
      if (response.status === 404) return undefined;
      if (!response.ok) throw this.#failure(`answered ${response.status || "with a redirection"}`);
      const text = await responseText(response, MAX_ANSWER_BYTES);
      const account = text === undefined ? undefined : readAccountAnswer(text);
      if (account?.key === issuer) return account;
      throw this.#failure("answered with something other than the account");
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw this.#failure(`cannot be asked: ${messageOf(error)}`, error);
    }
  }

  #failure(what: string, cause?: unknown): HostError {
    return new HostError("dispatch.authorizer_failed", `The account server ${this.#options.root} ${what}`, {
      hint: "Check its address and that it runs. From a browser, it must allow this page by CORS.",
      cause,
    });
  }
}
