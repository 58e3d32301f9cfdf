import { HostError } from "../../src/errors/index.ts";
import { delay } from "../../src/time/index.ts";
import type { AnswerHostCall, IsolateGuest } from "./isolate-guest.ts";

/** What a pool works with. */
export interface GuestPoolOptions {
  readonly start: (answer: AnswerHostCall) => Promise<IsolateGuest>;
  /** Guests that may live at one time. */
  readonly limit: number;
}

/** A call for any guest of a pool. */
export interface PooledCall {
  readonly operation: string;
  readonly payload: Uint8Array;
  readonly answer: AnswerHostCall;
  /** Milliseconds for the call, the wait for a guest included. */
  readonly deadlineMs: number;
}

interface Busy {
  /** Milliseconds since the epoch when the call must be over. */
  readonly until: number;
}

/** Calls that may wait: each holds its payload, and all of them share the memory of one isolate. */
const MAX_WAITING = 256;
/** Milliseconds between two looks for a free guest, at first and at most. */
const LOOK_MS = { first: 1, most: 20 } as const;
/** Milliseconds after which a call that is over in any case is taken for one whose request was cut off. */
const GRACE_MS = 1_000;

/**
 * Guests of one module in one isolate, for calls of many requests. Nothing here waits for a promise of another request:
 * what a request has begun ends with it, so a promise of one that was cut off never settles. Each looks for itself.
 */
export class GuestPool {
  readonly #options: GuestPoolOptions;
  readonly #free: IsolateGuest[] = [];
  readonly #busy = new Set<Busy>();
  readonly #waiting = new Set<Busy>();

  constructor(options: GuestPoolOptions) {
    this.#options = options;
  }

  /**
   * Calls a guest. One that does not answer in time is thrown away.
   *
   * @throws HostError `actor.no_instance`, `actor.queue_full`, `actor.deadline`, `guest.…`, `input.too_large`.
   */
  call({ operation, payload, answer, deadlineMs }: PooledCall): Promise<Uint8Array<ArrayBuffer>> {
    return this.#use({ answer, deadlineMs }, (guest) => guest.call(operation, payload, answer));
  }

  /** Makes sure that a guest starts. @throws HostError as {@link call}. */
  warm(start: Pick<PooledCall, "answer" | "deadlineMs">): Promise<void> {
    return this.#use(start, async () => undefined);
  }

  async #use<T>(
    { answer, deadlineMs }: Pick<PooledCall, "answer" | "deadlineMs">,
    work: (guest: IsolateGuest) => Promise<T>,
  ): Promise<T> {
    const until = Date.now() + deadlineMs;
    const busy: Busy = { until };
    try {
      // Nothing may come between the last look and taking the place.
      for (let ms: number = LOOK_MS.first; !this.#hasRoom(); ms = Math.min(ms * 2, LOOK_MS.most)) {
        this.#queue(busy);
        await this.#wait(ms, until);
      }
    } finally {
      this.#waiting.delete(busy);
    }
    this.#busy.add(busy);
    let guest = this.#free.pop();
    let isLate = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          isLate = true;
          guest?.abandon();
          reject(new HostError("actor.deadline", `The actor did not answer within ${deadlineMs} ms`));
        },
        Math.max(0, until - Date.now()),
      );
    });
    const run = async (): Promise<T> => {
      guest ??= await this.#options.start(answer);
      if (isLate) return late;
      return work(guest);
    };
    try {
      return await Promise.race([run(), late]);
    } finally {
      clearTimeout(timer);
      // A guest that is late still runs; one whose call was taken for cut off is not counted any more.
      const isCounted = this.#busy.delete(busy);
      if (isCounted && guest !== undefined && !isLate) this.#free.push(guest);
    }
  }

  #queue(call: Busy): void {
    if (this.#waiting.has(call)) return;
    forgetCutOff(this.#waiting);
    if (this.#waiting.size >= MAX_WAITING) {
      throw new HostError("actor.queue_full", `${MAX_WAITING} calls of the actor are waiting already`, {
        hint: "Try again later.",
      });
    }
    this.#waiting.add(call);
  }

  async #wait(ms: number, until: number): Promise<void> {
    if (Date.now() + ms < until) return delay(ms);
    throw new HostError("actor.no_instance", `All ${this.#options.limit} instances of the actor are busy`, {
      hint: "Try again later.",
    });
  }

  #hasRoom(): boolean {
    const { limit } = this.#options;
    if (this.#free.length > 0 || this.#busy.size < limit) return true;
    forgetCutOff(this.#busy);
    return this.#busy.size < limit;
  }
}

function forgetCutOff(calls: Set<Busy>): void {
  const now = Date.now();
  for (const call of calls) if (call.until + GRACE_MS < now) calls.delete(call);
}
