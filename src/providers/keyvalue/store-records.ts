import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { storeName } from "../store-name.ts";
import { decodeEntry } from "./entry.ts";
import { readBounded } from "./read-bounded.ts";
import type { RecordChange, Records } from "./records.ts";

/** How {@link StoreRecords} are made. */
export interface StoreRecordsOptions {
  readonly store: Store;
  /** What the names of all records begin with; at most 64 characters. Default `keyvalue/`. */
  readonly prefix?: string;
  /**
   * Runs work while nobody else who shares the store runs work of the same name: `navigator.locks.request` where
   * several tabs do. Default: this provider is alone with its store.
   */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Operations under way and waiting; one more is refused. Default 10,000. */
  readonly maxWaiting?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Milliseconds between two looks for records that have expired and that nobody reads. */
const SWEEP_MS = 60_000;
/** Records that are removed at one look. */
const SWEEP_COUNT = 100;

/**
 * Records in a {@link Store}: a change is one batch, so a tab that is killed leaves all of it or nothing. Changes of one
 * record are made in turn. What expires is listed by its time under another name, in the same batch.
 */
export class StoreRecords implements Records {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #lock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly #queue: KeyedQueue;
  readonly #now: () => number;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #sweeping: Promise<void> | undefined;

  constructor(options: StoreRecordsOptions) {
    this.#store = options.store;
    this.#prefix = options.prefix ?? "keyvalue/";
    if (this.#prefix.length > 64) {
      throw new HostError("input.invalid", "The prefix of a key-value store has at most 64 characters");
    }
    this.#lock = options.lock ?? ((_, work) => work());
    this.#queue = new KeyedQueue(options.maxWaiting ?? 10_000);
    this.#now = options.now ?? Date.now;
  }

  async read(keys: readonly string[], maxBytes: number): Promise<readonly (Uint8Array | undefined)[]> {
    const names = await Promise.all(keys.map((key) => storeName(key)));
    return this.#queue.run(names, () =>
      readBounded(names, maxBytes, (name) => this.#store.get(this.#valueKey(name))),
    );
  }

  async change<T>(key: string, change: (bytes: Uint8Array | undefined) => RecordChange<T>): Promise<T> {
    const name = await storeName(key);
    const result = await this.#exclusively(name, async () => {
      const bytes = await this.#store.get(this.#valueKey(name));
      const made = change(bytes);
      if ("bytes" in made) await this.#write(name, expiryOf(key, bytes), made);
      return made.result;
    });
    this.#sweepSoon();
    return result;
  }

  async close(): Promise<void> {
    await this.#sweeping;
  }

  #exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run([name], () => this.#lock(this.#valueKey(name), work));
  }

  async #write(name: string, former: number | undefined, made: RecordChange<unknown>): Promise<void> {
    const changes: StoreChange[] = [{ key: this.#valueKey(name), value: made.bytes }];
    if (former !== undefined) changes.push({ key: this.#expiryKey(former, name), value: undefined });
    if (made.bytes !== undefined && made.expires !== undefined) {
      changes.push({ key: this.#expiryKey(made.expires, name), value: new Uint8Array(0) });
    }
    await this.#store.batch(changes);
  }

  #sweepSoon(): void {
    const now = this.#now();
    if (this.#sweeping !== undefined || now < this.#sweptAt + SWEEP_MS) return;
    this.#sweptAt = now;
    // What cannot be removed now is found again at the next look; nobody depends on it.
    this.#sweeping = this.#sweep(now)
      .catch(() => undefined)
      .then(() => {
        this.#sweeping = undefined;
      });
  }

  async #sweep(now: number): Promise<void> {
    const listed = await this.#store.list(`${this.#prefix}x/`);
    for (const expiryKey of listed.slice(0, SWEEP_COUNT)) {
      const [time = "", name = ""] = expiryKey.slice(this.#prefix.length + 2).split("/");
      if (Number(time) > now) return;
      // The listing goes in the same batch as the value: a value that was set anew has another listing.
      await this.#exclusively(name, async () => {
        if ((await this.#store.get(expiryKey)) === undefined) return;
        await this.#store.batch([
          { key: expiryKey, value: undefined },
          { key: this.#valueKey(name), value: undefined },
        ]);
      });
    }
  }

  #valueKey(name: string): string {
    return `${this.#prefix}v/${name}`;
  }

  #expiryKey(time: number, name: string): string {
    return `${this.#prefix}x/${String(time).padStart(15, "0")}/${name}`;
  }
}

/** Undefined also for what cannot be read: it is about to be replaced. */
function expiryOf(key: string, bytes: Uint8Array | undefined): number | undefined {
  try {
    return bytes === undefined ? undefined : decodeEntry(key, bytes).expires;
  } catch {
    return undefined;
  }
}
