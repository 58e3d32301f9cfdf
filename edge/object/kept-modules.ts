import { messageOf } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";
import type { Store } from "../../src/storage/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";
import type { SignedModule } from "../actors/edge-runtime.ts";
import type { ActorRecord } from "./host-record.ts";

const MODULE = "module/";

/** The bytes of modules that are in no bundle: isolates made at run time ask for them, and so does a host that comes back. */
export class KeptModules {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Keeps a signed module. Actors may have the same code, and each its own token. */
  async keep({ claims, bytes }: SignedModule): Promise<void> {
    await this.#store.set(keyOf(claims.moduleHash, claims.subject), bytes);
  }

  /** The signed module of an actor. */
  get(hash: string, actor: string): Promise<Uint8Array | undefined> {
    return this.#store.get(keyOf(hash, actor));
  }

  /** A module with that code, whoever's. */
  async code(hash: string): Promise<Uint8Array | undefined> {
    const [key] = await this.#store.list(keyOf(hash, ""));
    return key === undefined ? undefined : this.#store.get(key);
  }

  /**
   * Forgets modules that nobody uses, now and whenever another takes the place of one. The one before stays: workers
   * may not have heard of the change.
   *
   * @param records - what is to be started again, though it may not have started now.
   */
  async follow(host: Host, records: ReadonlyMap<string, ActorRecord>, logger: Logger): Promise<void> {
    const latest = new Map<string, readonly string[]>();
    for (const [actor, known] of records) if (known.kind === "started") latest.set(actor, [known.hash]);
    for (const { key, moduleHash } of host.runningActors()) latest.set(key, [moduleHash]);
    const used = new Set([...latest].flatMap(([actor, hashes]) => hashes.map((hash) => keyOf(hash, actor))));
    for (const key of await this.#store.list(MODULE)) if (!used.has(key)) await this.#store.delete(key);
    host.onEvent((event) => {
      if (event.type !== "actor_started" && event.type !== "actor_update_completed") return;
      const { actor } = event;
      const hash = host.runningActors().find(({ key }) => key === actor)?.moduleHash;
      const [last, older] = latest.get(actor) ?? [];
      if (hash === undefined || hash === last) return;
      latest.set(actor, last === undefined ? [hash] : [hash, last]);
      if (older === undefined || older === hash) return;
      this.#store
        .delete(keyOf(older, actor))
        .catch((error: unknown) => logger.warn(`An old module could not be deleted: ${messageOf(error)}`));
    });
  }
}

function keyOf(hash: string, actor: string): string {
  return `${MODULE}${hash}/${actor}`;
}
