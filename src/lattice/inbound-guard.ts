import { type Entity, type Invocation, verifyInvocation } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import { checkAddressee } from "./addressee.ts";
import { ReplayMemory } from "./replay-memory.ts";

/** What an {@link InboundGuard} goes by. */
export interface InboundGuardOptions {
  /** Seconds that the time in a token may lie before or after ours. */
  readonly toleranceSeconds: number;
  /** Accepted invocations remembered, each for twice the tolerance. */
  readonly replayCapacity: number;
  /** Hosts that may call; undefined: any with a valid key, as for first-party hosts. */
  readonly trustedHosts: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Decides whether an invocation from the lattice is executed. Protocol sections 4.5 and 13.1. */
export class InboundGuard {
  readonly #options: InboundGuardOptions;
  readonly #trusted: ReadonlySet<string> | undefined;
  readonly #replays: ReplayMemory;

  constructor(options: InboundGuardOptions) {
    this.#options = options;
    this.#trusted = options.trustedHosts === undefined ? undefined : new Set(options.trustedHosts);
    // A token is good from the tolerance before its time until the tolerance after it.
    const keepMs = options.toleranceSeconds * 2_000;
    this.#replays = new ReplayMemory({ capacity: options.replayCapacity, keepMs });
  }

  /**
   * Lets a genuine, timely invocation through, once.
   *
   * @param served - whose subject it came to.
   * @throws HostError `dispatch.wrong_target`, `lattice.forbidden`, `lattice.forged`, `lattice.stale`,
   * `lattice.replayed`, or `jwt.…` for what is wrong with its token.
   */
  async admit(invocation: Invocation, served: Entity): Promise<void> {
    checkAddressee(invocation, served);
    const { now, toleranceSeconds } = this.#options;
    const { issuer, issuedAt } = await verifyInvocation(invocation, { now: Math.floor(now() / 1_000) });
    if (this.#trusted?.has(issuer) === false) {
      throw new HostError("lattice.forbidden", "The calling host is not one of the trusted hosts", {
        hint: "Add its key to trustedHosts if it may call.",
        details: { host: issuer },
      });
    }
    const ageSeconds = now() / 1_000 - issuedAt;
    if (Math.abs(ageSeconds) > toleranceSeconds) {
      throw new HostError(
        "lattice.stale",
        "The time of the invocation token is too far from this host's time",
        {
          hint: "Compare the clocks of both hosts.",
          details: { ageSeconds: Math.round(ageSeconds), toleranceSeconds },
        },
      );
    }
    if (!this.#replays.admit(issuer, invocation.id, now())) {
      throw new HostError("lattice.replayed", "The invocation was received before");
    }
  }
}
