import type { HostDescription, HostEvent } from "../../../src/index.ts";
import { shortKey } from "../format/key.ts";

/** Names of actors and providers by their keys; remembers those that have stopped, for links and the event log. */
export class NameBook {
  readonly #names = new Map<string, string>([["system", "system"]]);

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
    if (name !== "") this.#names.set(key, name);
  }

  /** Takes in the names of everything that runs. */
  learnAll(description: HostDescription): void {
    for (const actor of description.actors) this.learn(actor.key, actor.name);
    for (const provider of description.providers) this.learn(provider.id, provider.name);
  }

  /** Takes in the name that an event brings. */
  learnFrom(event: HostEvent): void {
    if (event.type === "actor_started") this.learn(event.actor, event.name);
    if (event.type === "provider_started") this.learn(event.provider, event.name);
  }
}
