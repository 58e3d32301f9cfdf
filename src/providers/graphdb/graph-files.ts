import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { joined } from "../../bytes/index.ts";
import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import { digestName } from "../encoded-name.ts";
import type { GraphChange, GraphImage } from "./graph-messages.ts";

/** Where the files of a graph are kept, and how large they may be. */
export interface GraphFilesOptions {
  readonly store: Store;
  /** Links with the same space share their graphs. */
  readonly space: string;
  readonly graph: string;
  readonly maxBytes: number;
}

/** A graph as it was read. */
export interface KeptGraph {
  readonly image: GraphImage;
  readonly version: string;
}

const PREFIX = "graphs/";
const PART_BYTES = 1024 * 1024;
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const parts = v.pipe(count, v.maxValue(65_536));
const headSchema = v.object({ data: v.string(), mainParts: parts, logParts: parts, bytes: count });
type Head = v.InferOutput<typeof headSchema>;

/**
 * The files of one graph in a store. Its database is written as a whole and its log only grows until then, so that a
 * small change costs a small write. Each change is kept with all its bytes or not at all.
 */
export class GraphFiles {
  readonly #store: Store;
  readonly #key: string;
  readonly #maxBytes: number;

  private constructor(key: string, { store, maxBytes }: GraphFilesOptions) {
    this.#key = key;
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  static async of(options: GraphFilesOptions): Promise<GraphFiles> {
    return new GraphFiles(
      PREFIX + (await digestName(JSON.stringify([options.space, options.graph]))),
      options,
    );
  }

  /** The name of the lock under which the files are read and changed. */
  get lock(): string {
    return this.#key;
  }

  /** Another text after every change; undefined if there is no graph. */
  async version(): Promise<string | undefined> {
    const head = await this.#head();
    return head === undefined ? undefined : versionOf(head);
  }

  /** @throws HostError `storage.failed` if a part is missing. */
  async load(): Promise<KeptGraph | undefined> {
    const head = await this.#head();
    if (head === undefined) return undefined;
    const [main, log] = await Promise.all([this.#parts(head, "main"), this.#parts(head, "log")]);
    return { image: { main, log }, version: versionOf(head) };
  }

  /**
   * Keeps what a query changed. @returns the new version.
   * @throws HostError `storage.quota` for a graph that is too large, `storage.failed`.
   */
  async keep(change: Exclude<GraphChange, { kind: "none" }>): Promise<string> {
    const former = await this.#head();
    const head = change.kind === "replaced" ? replaced(change.image) : appended(former, change.bytes);
    if (head.bytes > this.#maxBytes) {
      throw new HostError("storage.quota", `A graph has at most ${this.#maxBytes} bytes`);
    }
    const bytes =
      change.kind === "replaced"
        ? [
            ...this.#writes(head, "main", 0, change.image.main),
            ...this.#writes(head, "log", 0, change.image.log),
          ]
        : this.#writes(head, "log", former?.logParts ?? 0, change.bytes);
    const rest = change.kind === "replaced" && former !== undefined ? this.#removal(former) : [];
    await this.#store.batch([...rest, ...bytes, { key: `${this.#key}/head`, value: encode(head) }]);
    return versionOf(head);
  }

  /** Removes whatever there is of the graph, damaged or not. */
  async remove(): Promise<void> {
    const keys = await this.#store.list(`${this.#key}/`);
    await this.#store.batch(keys.map((key) => ({ key, value: undefined })));
  }

  async #head(): Promise<Head | undefined> {
    const bytes = await this.#store.get(`${this.#key}/head`);
    return bytes === undefined ? undefined : parsedHead(bytes);
  }

  async #parts(head: Head, file: "main" | "log"): Promise<Uint8Array<ArrayBuffer>> {
    const numbers = Array.from({ length: head[`${file}Parts`] }, (_, number) => number);
    const parts = await Promise.all(
      numbers.map((number) => this.#store.get(this.#partKey(head, file, number))),
    );
    return joined(
      parts.map((part) => {
        if (part !== undefined) return part;
        throw new HostError("storage.failed", "A part of the graph is missing in the store");
      }),
    );
  }

  #writes(head: Head, file: "main" | "log", first: number, bytes: Uint8Array): StoreChange[] {
    return slices(bytes).map((value, index) => ({ key: this.#partKey(head, file, first + index), value }));
  }

  #removal(head: Head): StoreChange[] {
    const files = ["main", "log"] as const;
    return files.flatMap((file) =>
      Array.from({ length: head[`${file}Parts`] }, (_, number) => ({
        key: this.#partKey(head, file, number),
        value: undefined,
      })),
    );
  }

  #partKey({ data }: Head, file: "main" | "log", number: number): string {
    return `${this.#key}/${data}/${file}/${number}`;
  }
}

function parsedHead(bytes: Uint8Array): Head {
  try {
    return v.parse(headSchema, decode(bytes));
  } catch (cause) {
    throw new HostError("storage.failed", "What the store has of the graph cannot be read", { cause });
  }
}

function replaced({ main, log }: GraphImage): Head {
  return {
    data: crypto.randomUUID(),
    mainParts: slices(main).length,
    logParts: slices(log).length,
    bytes: main.length + log.length,
  };
}

function appended(former: Head | undefined, bytes: Uint8Array): Head {
  if (former === undefined)
    throw new HostError("storage.failed", "The graph was removed while it was changed");
  const logParts = former.logParts + slices(bytes).length;
  return { ...former, logParts, bytes: former.bytes + bytes.length };
}

function slices(bytes: Uint8Array): Uint8Array[] {
  const number = Math.ceil(bytes.length / PART_BYTES);
  return Array.from({ length: number }, (_, index) =>
    bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  );
}

function versionOf({ data, logParts }: Head): string {
  return `${data}/${logParts}`;
}
