import type { HostDescription, HostEvent } from "../../../src/index.ts";
import { shortKey } from "../format/key.ts";

/** Keys remembered of each kind: a lattice may tell of any number. */
const MOST_KEYS = 10_000;

/** Names of actors and providers by their keys, and contracts of providers; remembers those that have stopped, for links and the event log. */
export class NameBook {
  readonly #names = new Map<string, string>([["system", "system"]]);

  readonly #contracts = new Map<string, string>();

  /** The name, or the shortened key where none is known. */
  nameOf(key: string): string {
    return this.#names.get(key) ?? shortKey(key);
  }

  /** Whether a name is known for this key. */
  has(key: string): boolean {
    return this.#names.has(key);
  }

  /** Takes a name in; an empty one says nothing. */
  learn(key: string, name: string): void {
    if (name !== "" && hasRoom(this.#names, key)) this.#names.set(key, name);
  }

  /** Takes in the contract of a provider, unless one is known already. */
  learnContract(key: string, contractId: string): void {
    if (!this.#contracts.has(key) && hasRoom(this.#contracts, key)) this.#contracts.set(key, contractId);
  }

  /** The contract of a provider that has been heard of. */
  contractOf(key: string): string | undefined {
    return this.#contracts.get(key);
  }

  /** Takes in the names of everything that runs. */
  learnAll(description: HostDescription): void {
    for (const actor of description.actors) this.learn(actor.key, actor.name);
    for (const provider of description.providers) {
      this.learn(provider.id, provider.name);
      this.learnContract(provider.id, provider.contractId);
    }
  }

  /** Takes in the name that an event brings. */
  learnFrom(event: HostEvent): void {
    if (event.type === "actor_started") this.learn(event.actor, event.name);
    if (event.type === "provider_started") {
      this.learn(event.provider, event.name);
      this.learnContract(event.provider, event.contractId);
    }
  }
}

function hasRoom(known: ReadonlyMap<string, string>, key: string): boolean {
  return known.size < MOST_KEYS || known.has(key);
}
