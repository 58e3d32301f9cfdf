import { CachePersistence, LatticeCache } from "../../src/lattice/index.ts";
import type { Store } from "../../src/storage/index.ts";
import { fillCache, MANY, MANY_ENTRIES } from "./many-entries.ts";

/** A large cache in a store, and how long it takes to have it back. */
export class StoredCache {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns milliseconds until everything is stored. */
  async fill(): Promise<number> {
    const cache = new LatticeCache();
    const persistence = await CachePersistence.open({ cache, store: this.#store });
    const started = performance.now();
    fillCache(cache, MANY);
    await persistence.close();
    return performance.now() - started;
  }

  /** @returns milliseconds until everything is known. */
  async restore(): Promise<number> {
    const cache = new LatticeCache();
    const started = performance.now();
    const persistence = await CachePersistence.open({ cache, store: this.#store });
    const ms = performance.now() - started;
    const count = [...cache.contents()].length;
    if (count !== MANY_ENTRIES) throw new Error(`Only ${count} entries came back`);
    await persistence.close();
    return ms;
  }
}
