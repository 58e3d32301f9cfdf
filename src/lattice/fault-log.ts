import { asHostError, type ErrorCode } from "../errors/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";

/** Counts every fault and logs the first of each kind: what a peer does wrong again and again must not fill the log. */
export class FaultLog {
  readonly #logger: Logger | undefined;
  readonly #counters: Counters | undefined;
  readonly #logged = new Set<string>();

  constructor(logger: Logger | undefined, counters: Counters | undefined) {
    this.#logger = logger;
    this.#counters = counters;
  }

  /**
   * @param kind - one of a fixed few, such as `undecodable`; counted as `lattice.{kind}`.
   * @param error - its code is logged once for each kind.
   */
  report(kind: string, error: unknown, subject?: string): void {
    this.#counters?.add(`lattice.${kind}`);
    const known = asHostError(error);
    const once: `${string} ${ErrorCode}` = `${kind} ${known.code}`;
    if (this.#logged.has(once)) return;
    this.#logged.add(once);
    this.#logger?.warn(`${known.message} (further ones are only counted, as lattice.${kind})`, {
      code: known.code,
      ...(subject === undefined ? {} : { subject }),
    });
  }
}
