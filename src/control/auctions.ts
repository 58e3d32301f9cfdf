import { actorWork } from "./actor-commands.ts";
import {
  actorBid,
  type Constraints,
  providerBid,
  readActorAuction,
  readProviderAuction,
} from "./auction-messages.ts";
import type { CommandContext } from "./command-context.ts";
import { providerWork } from "./provider-commands.ts";

/**
 * Bids for what this host would start if it were told to now, and is silent otherwise. Bids are not reservations.
 * Protocol section 8.5.
 */
export class Auctions {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Answers `auction.actor`, or not. */
  actor(data: Uint8Array): Uint8Array | undefined {
    const auction = this.#read("actor", readActorAuction, data);
    if (auction === undefined) return undefined;
    const { host } = this.#context;
    const key = host.resolveReference(auction.reference);
    if (host.isActorRunning(key)) return undefined;
    if (!this.#wouldStart(actorWork(auction.reference, key), auction.constraints)) return undefined;
    return actorBid(auction, host.id);
  }

  /** Answers `auction.provider`, or not. */
  provider(data: Uint8Array): Uint8Array | undefined {
    const auction = this.#read("provider", readProviderAuction, data);
    if (auction === undefined) return undefined;
    const { host } = this.#context;
    const key = host.resolveReference(auction.reference);
    if (host.isProviderRunning(key, auction.linkName)) return undefined;
    if (!this.#wouldStart(providerWork(auction, key), auction.constraints)) return undefined;
    return providerBid(auction, host.id);
  }

  #read<T>(what: string, read: (data: Uint8Array) => T, data: Uint8Array): T | undefined {
    try {
      return read(data);
    } catch (error) {
      this.#context.faults.report("undecodable", error, { what: `Undecodable ${what} auction` });
      return undefined;
    }
  }

  #wouldStart(names: readonly string[], constraints: Constraints): boolean {
    const { host, work } = this.#context;
    return !work.isFull && !work.has(names) && fulfils(host.labels(), constraints);
  }
}

function fulfils(labels: Readonly<Record<string, string>>, constraints: Constraints): boolean {
  return Object.entries(constraints).every(([name, value]) => labels[name] === value);
}
