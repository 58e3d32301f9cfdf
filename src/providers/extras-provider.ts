import {
  type CallHandlers,
  EXTRAS_CONTRACT,
  type ExtrasCalls,
  extrasContract,
  type NoExchanges,
} from "../contracts/index.ts";
import { HostError } from "../errors/index.ts";
import type { ProviderDescriptor } from "./capability-provider.ts";
import { type CallOrigin, ContractProvider } from "./contract-provider.ts";
import type { LinkValues } from "./link-values.ts";

/** The provider every host has, under its fixed key. Protocol sections 1.3 and 5.4. */
export const EXTRAS_PROVIDER: ProviderDescriptor = {
  id: "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP",
  contractId: EXTRAS_CONTRACT,
  name: "wasmcloud Extras",
  vendor: "wasmCloud",
};

/** How an {@link ExtrasProvider} is made. */
export interface ExtrasOptions {
  /** Actors that have a sequence; one more is refused. Default 100,000. */
  readonly maxSequences?: number;
}

/** Makes unique ids, random numbers and, for each calling actor, a sequence from 0. */
export class ExtrasProvider extends ContractProvider<ExtrasCalls, NoExchanges> {
  readonly #sequences = new Map<string, number>();
  readonly #maxSequences: number;

  constructor({ maxSequences = 100_000 }: ExtrasOptions = {}) {
    super(extrasContract);
    this.#maxSequences = maxSequences;
  }

  protected override readonly handlers: CallHandlers<ExtrasCalls, CallOrigin<LinkValues>> = {
    RequestGuid: ({ form }) => ({ form, value: { guid: crypto.randomUUID() } }),
    RequestRandom: ({ form, random, min, max }) => ({
      form,
      value: random ? { random: randomBetween(min, max) } : {},
    }),
    RequestSequence: ({ form }, { actor }) => {
      const known = this.#sequences.get(actor);
      if (known === undefined && this.#sequences.size >= this.#maxSequences) {
        throw new HostError("provider.overloaded", `${this.#maxSequences} actors have a sequence already`);
      }
      const sequence = known ?? 0;
      this.#sequences.set(actor, sequence + 1);
      return { form, value: { sequence } };
    },
  };

  protected override openLink(values: LinkValues): LinkValues {
    return values;
  }

  protected override unlinked(): LinkValues {
    return {};
  }

  protected override close(): void {
    this.#sequences.clear();
  }
}

/** A number in `[min, max)`, each equally likely. */
function randomBetween(min: number, max: number): number {
  if (min >= max) {
    throw new HostError("provider.bad_request", `No random number is at least ${min} and below ${max}`);
  }
  const range = max - min;
  // Values above the last whole multiple of the range would make small results likelier.
  const limit = 2 ** 32 - (2 ** 32 % range);
  const cell = new Uint32Array(1);
  do crypto.getRandomValues(cell);
  while ((cell[0] ?? 0) >= limit);
  return min + ((cell[0] ?? 0) % range);
}
