import { asHostError } from "../errors/index.ts";
import type { LatticeRpc } from "../lattice/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";

type Tell = (rpc: LatticeRpc) => void;

/** Announcements that are kept while there is no connection. */
const MAX_KEPT = 10_000;

/** Tells a lattice what happens here, in order; what cannot be told now is told when the connection is back. */
export class Announcer {
  readonly #rpc: () => LatticeRpc | undefined;
  readonly #counters: Counters;
  readonly #logger: Logger;
  #kept: Tell[] = [];

  /** @param rpc - the membership's; undefined where there is none: then there is nobody to tell. */
  constructor(rpc: () => LatticeRpc | undefined, counters: Counters, logger: Logger) {
    this.#rpc = rpc;
    this.#counters = counters;
    this.#logger = logger;
  }

  /** Never throws. */
  announce(tell: Tell): void {
    const rpc = this.#rpc();
    if (rpc === undefined) return;
    try {
      tell(rpc);
    } catch (error) {
      const { code, message } = asHostError(error);
      this.#counters.add("lattice.unannounced");
      if (code === "lattice.not_connected" && this.#kept.length < MAX_KEPT) this.#kept.push(tell);
      else this.#logger.warn(`Failed to advertise to message bus: ${message}`, { code });
    }
  }

  /** Tells what was kept. */
  catchUp(): void {
    for (const tell of this.#kept.splice(0)) this.announce(tell);
  }

  /** Forgets what was kept, for a lattice that was left. */
  clear(): void {
    this.#kept = [];
  }
}
