import { mkdir } from "node:fs/promises";
import type { ClassicLevel } from "classic-level";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { BatchStore, BEHIND_ALL, checkKey, checkPrefix, type StoreChange } from "../../src/storage/index.ts";

/** Bytes of the values of one batch: it is in memory more than once while it is written. */
const MAX_BATCH_BYTES = 512 * 1024 * 1024;
/** What systems say of ENOSPC, EDQUOT and EFBIG. */
const NO_ROOM = /no space left|quota exceeded|file too large/i;
/** A batch is on the disk before it is acknowledged. */
const DURABLE = { sync: true } as const;

/**
 * A store in a folder of this machine, for one process at a time: a LevelDB database. A process that is killed
 * leaves all of a batch or nothing.
 */
export class FolderStore extends BatchStore {
  readonly #level: ClassicLevel<string, Uint8Array>;

  private constructor(level: ClassicLevel<string, Uint8Array>) {
    super();
    this.#level = level;
  }

  /**
   * Opens the store of a folder, which is made if it is not there.
   *
   * @throws HostError `storage.failed` if the folder cannot be used, is in use, or is damaged.
   */
  static async open(folder: string): Promise<FolderStore> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Its machine code is for hosts that keep something.
      const { ClassicLevel } = await import("classic-level");
      const level = new ClassicLevel<string, Uint8Array>(folder, { valueEncoding: "view" });
      await level.open();
      return new FolderStore(level);
    } catch (error) {
      const cause = (error as Error).cause ?? error;
      if ((cause as { code?: string }).code === "LEVEL_LOCKED") {
        throw new HostError("storage.failed", `The folder ${folder} is in use`, {
          hint: "Give each host a folder of its own.",
          cause,
        });
      }
      throw failure(`The folder ${folder} cannot be used`, cause);
    }
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    checkKey(key);
    const value = await attempt("A value cannot be read", () => this.#level.get(key));
    return value === undefined ? undefined : new Uint8Array(value);
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const range = { gte: prefix, lt: prefix + BEHIND_ALL };
    return attempt("The keys cannot be read", () => this.#level.keys(range).all());
  }

  async batch(changes: readonly StoreChange[]): Promise<void> {
    for (const { key } of changes) checkKey(key);
    const bytes = changes.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    if (bytes > MAX_BATCH_BYTES) {
      throw new HostError("storage.quota", `At most ${MAX_BATCH_BYTES} bytes are written at one time`);
    }
    const operations = changes.map(({ key, value }) =>
      value === undefined ? ({ type: "del", key } as const) : ({ type: "put", key, value } as const),
    );
    await attempt("The store cannot be written", () => this.#level.batch(operations, DURABLE));
  }

  /** Waits for what is being written. Twice is fine. */
  close(): Promise<void> {
    return this.#level.close();
  }
}

/** Does work of the database, which may fail at once or later. */
async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failure(what, error);
  }
}

function failure(what: string, error: unknown): HostError {
  const message = messageOf(error);
  if (NO_ROOM.test(message)) {
    return new HostError("storage.quota", "The disk has no room left for this", { cause: error });
  }
  return new HostError("storage.failed", `${what}: ${message}`, { cause: error });
}
