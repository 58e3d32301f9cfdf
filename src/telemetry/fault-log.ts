import { asHostError } from "../errors/index.ts";
import type { Counters } from "./counters.ts";
import type { Logger } from "./log.ts";

/** What helps to understand a fault. */
interface FaultDetails {
  /** What went wrong, one of a fixed few, put before the message of the error; default nothing. */
  readonly what?: string;
  /** Subject of the message that caused it. */
  readonly subject?: string;
}

/** Counts every fault and logs the first of each kind: what a peer does wrong again and again must not fill the log. */
export class FaultLog {
  readonly #area: string;
  readonly #logger: Logger | undefined;
  readonly #counters: Counters | undefined;
  readonly #logged = new Set<string>();

  /** @param area - first part of the counters' names, such as `lattice`. */
  constructor(area: string, logger: Logger | undefined, counters: Counters | undefined) {
    this.#area = area;
    this.#logger = logger;
    this.#counters = counters;
  }

  /**
   * @param kind - one of a fixed few, such as `undecodable`; counted as `{area}.{kind}`.
   * @param error - logged once for each kind and `what`, or code where nothing is said of what.
   */
  report(kind: string, error: unknown, { what, subject }: FaultDetails = {}): void {
    const counter = `${this.#area}.${kind}`;
    this.#counters?.add(counter);
    const { code, message } = asHostError(error);
    const once = `${kind} ${what ?? code}`;
    if (this.#logged.has(once)) return;
    this.#logged.add(once);
    const text = what === undefined ? message : `${what}: ${message}`;
    this.#logger?.warn(`${text} (further ones are only counted, as ${counter})`, {
      code,
      ...(subject === undefined ? {} : { subject }),
    });
  }
}
