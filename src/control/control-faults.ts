import { messageOf } from "../errors/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";

/** Counts every fault and logs the first of each kind: nobody shall be able to fill the log. */
export class ControlFaults {
  readonly #logger: Logger | undefined;
  readonly #counters: Counters | undefined;
  readonly #logged = new Set<string>();

  constructor(logger: Logger | undefined, counters: Counters | undefined) {
    this.#logger = logger;
    this.#counters = counters;
  }

  /**
   * @param kind - one of a fixed few, such as `undecodable`; counted as `control.{kind}`.
   * @param what - one of a fixed few, such as `Undecodable la command`; logged once for each kind.
   */
  report(kind: string, what: string, error: unknown): void {
    this.#counters?.add(`control.${kind}`);
    const once = `${kind} ${what}`;
    if (this.#logged.has(once)) return;
    this.#logged.add(once);
    this.#logger?.warn(`${what}: ${messageOf(error)} (further ones are only counted, as control.${kind})`);
  }
}
