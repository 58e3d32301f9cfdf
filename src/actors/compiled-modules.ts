import type { CompiledActorModule } from "./actor-runtime.ts";

/** Compiled modules by what they were made from, so that the same content is not compiled again. Bounded. */
export class CompiledModules {
  readonly #capacity: number;
  readonly #modules = new Map<string, Promise<CompiledActorModule>>();

  /** @param capacity - modules kept; the one used longest ago goes first. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The module under a key, made if there is none. Failures are not kept. */
  get(key: string, make: () => Promise<CompiledActorModule>): Promise<CompiledActorModule> {
    const known = this.#modules.get(key) ?? make();
    this.#modules.delete(key);
    this.#modules.set(key, known);
    known.catch(() => {
      if (this.#modules.get(key) === known) this.#modules.delete(key);
    });
    const [oldest] = this.#modules.keys();
    if (this.#modules.size > this.#capacity && oldest !== undefined) this.#modules.delete(oldest);
    return known;
  }

  clear(): void {
    this.#modules.clear();
  }
}
