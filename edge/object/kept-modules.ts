import { messageOf } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";
import type { Store } from "../../src/storage/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";
import type { SignedModule } from "../actors/edge-runtime.ts";
import type { ActorRecord } from "./host-record.ts";

const MODULE = "module/";
/** Modules that nobody uses, or not yet: more than are started at one time, and some that workers still know of. */
const MAX_UNUSED = 40;

/** The bytes of modules that are in no bundle: isolates made at run time ask for them, and so does a host that comes back. */
export class KeptModules {
  readonly #store: Store;
  readonly #used = new Set<string>();
  /** The oldest first. */
  readonly #unused = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Keeps a signed module. Actors may have the same code, and each its own token. */
  async keep({ claims, bytes }: SignedModule): Promise<void> {
    const key = keyOf(claims.moduleHash, claims.subject);
    await this.#store.set(key, bytes);
    if (!this.#used.has(key)) await this.#leave([key]);
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
   * may not have heard of the change. So do some of actors that were stopped or did not start.
   *
   * @param records - what is to be started again, though it may not have started now.
   */
  async follow(host: Host, records: ReadonlyMap<string, ActorRecord>, logger: Logger): Promise<void> {
    const latest = new Map<string, readonly string[]>();
    for (const [actor, known] of records) if (known.kind === "started") latest.set(actor, [known.hash]);
    for (const { key, moduleHash } of host.runningActors()) latest.set(key, [moduleHash]);
    const used = new Set([...latest].flatMap(([actor, hashes]) => hashes.map((hash) => keyOf(hash, actor))));
    for (const key of used) this.#use(key);
    for (const key of await this.#store.list(MODULE)) if (!used.has(key)) await this.#store.delete(key);
    const attempt = (work: Promise<void>): void => {
      work.catch((error: unknown) => logger.warn(`An old module could not be deleted: ${messageOf(error)}`));
    };
    host.onEvent((event) => {
      switch (event.type) {
        case "actor_started":
        case "actor_update_completed":
        case "actor_stopped":
          attempt(this.#changed(host, latest, event.actor));
      }
    });
  }

  async #changed(host: Host, latest: Map<string, readonly string[]>, actor: string): Promise<void> {
    const hash = host.runningActors().find(({ key }) => key === actor)?.moduleHash;
    const known = latest.get(actor) ?? [];
    const [last, older] = known;
    if (hash === undefined) {
      latest.delete(actor);
      return this.#leave(known.map((each) => keyOf(each, actor)));
    }
    this.#use(keyOf(hash, actor));
    if (hash === last) return;
    latest.set(actor, last === undefined ? [hash] : [hash, last]);
    if (older === undefined || older === hash) return;
    this.#used.delete(keyOf(older, actor));
    await this.#store.delete(keyOf(older, actor));
  }

  #use(key: string): void {
    this.#unused.delete(key);
    this.#used.add(key);
  }

  /** Takes note of modules that nobody uses, and deletes the oldest where there are too many. */
  async #leave(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#used.delete(key);
      this.#unused.delete(key);
      this.#unused.add(key);
    }
    for (const key of [...this.#unused].slice(0, -MAX_UNUSED)) {
      this.#unused.delete(key);
      await this.#store.delete(key);
    }
  }
}

function keyOf(hash: string, actor: string): string {
  return `${MODULE}${hash}/${actor}`;
}
