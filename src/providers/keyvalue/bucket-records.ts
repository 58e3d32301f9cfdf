import { HostError } from "../../errors/index.ts";
import type { KeyValueBucket } from "../../lattice/index.ts";
import { delay } from "../../time/index.ts";
import { natsName } from "../encoded-name.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { readBounded } from "./read-bounded.ts";
import type { RecordChange, Records } from "./records.ts";

/** How {@link BucketRecords} are made. */
export interface BucketRecordsOptions {
  /** Opens the bucket; called with the first operation, and again after it failed. */
  readonly open: () => Promise<KeyValueBucket>;
  /** Milliseconds for a change that others get in the way of; default 5,000. */
  readonly conflictMs?: number;
  /** Operations under way and waiting; one more is refused. Default 10,000. */
  readonly maxWaiting?: number;
}

/**
 * Records in a bucket that many hosts share. A change is made on condition that the record is as it was read, and tried
 * again if it is not. A change whose outcome is unknown, because the server did not answer, is not.
 */
export class BucketRecords implements Records {
  readonly #open: () => Promise<KeyValueBucket>;
  readonly #conflictMs: number;
  readonly #queue: KeyedQueue;
  #bucket: Promise<KeyValueBucket> | undefined;

  constructor(options: BucketRecordsOptions) {
    this.#open = options.open;
    this.#conflictMs = options.conflictMs ?? 5_000;
    this.#queue = new KeyedQueue(options.maxWaiting ?? 10_000);
  }

  async read(keys: readonly string[], maxBytes: number): Promise<readonly (Uint8Array | undefined)[]> {
    const bucket = await this.#opened();
    return readBounded(keys, maxBytes, async (key) => (await bucket.get(await natsName(key))).value);
  }

  async change<T>(key: string, change: (bytes: Uint8Array | undefined) => RecordChange<T>): Promise<T> {
    const bucket = await this.#opened();
    const name = await natsName(key);
    // In turn here, so that only other hosts can get in the way.
    return this.#queue.run([name], async () => {
      const deadline = performance.now() + this.#conflictMs;
      for (let round = 1; ; round++) {
        const { value, revision } = await bucket.get(name);
        const made = change(value);
        if (!("bytes" in made) || (await bucket.change(name, made.bytes, revision))) return made.result;
        if (performance.now() > deadline) throw conflict(this.#conflictMs);
        await delay(Math.random() * Math.min(100, 2 * round));
      }
    });
  }

  async close(): Promise<void> {
    this.#bucket = undefined;
  }

  #opened(): Promise<KeyValueBucket> {
    this.#bucket ??= this.#open().catch((error: unknown) => {
      this.#bucket = undefined;
      throw error;
    });
    return this.#bucket;
  }
}

function conflict(ms: number): HostError {
  return new HostError("provider.overloaded", `Others changed this key again and again for ${ms} ms`);
}
