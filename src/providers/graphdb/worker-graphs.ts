import type { ActorWorkerHandle, StartWorker } from "../../actors/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { Store } from "../../storage/index.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import type { GraphEngine, GraphRows } from "./graph-engine.ts";
import { GraphFiles } from "./graph-files.ts";
import { GraphSession } from "./graph-session.ts";

/** Limits of {@link WorkerGraphs}, all with defaults. */
export interface GraphLimits {
  /** Milliseconds for a query. One that takes longer is ended, and nothing of it is kept. Default 8,000. */
  readonly queryMs?: number;
  /** Milliseconds until a graph is open, with the time to load the engine. Default 20,000. */
  readonly openMs?: number;
  /** Graphs that are open in a worker at one time; others are opened again when they are asked. Default 4. */
  readonly maxOpen?: number;
  /** Bytes of the engine's memory, for each open graph. Default 256 MiB. */
  readonly maxMemoryBytes?: number;
  /** Bytes of a graph in the store. Default 64 MiB. */
  readonly maxGraphBytes?: number;
  /** Rows of a result. Default 100,000. */
  readonly maxRows?: number;
  /** About the bytes of a result. Default 8 MiB. */
  readonly maxResultBytes?: number;
  /** Queries that are under way and that wait. Default 1,024. */
  readonly maxWaiting?: number;
}

/** How {@link WorkerGraphs} are made. */
export interface WorkerGraphsOptions extends GraphLimits {
  /** Starts a worker that runs `runGraphWorker` and nothing else. */
  readonly startWorker: StartWorker;
  /** Keeps the graphs. */
  readonly store: Store;
  /** Runs work while nobody else who shares the store runs work of the same name; default: nobody shares it. */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

interface OpenGraph {
  readonly session: GraphSession;
  /** What the store has of what the session has; undefined: nothing. */
  version: string | undefined;
}

const DEFAULT_LIMITS: Required<GraphLimits> = Object.freeze({
  queryMs: 8_000,
  openMs: 20_000,
  maxOpen: 4,
  maxMemoryBytes: 256 * 1024 * 1024,
  maxGraphBytes: 64 * 1024 * 1024,
  maxRows: 100_000,
  maxResultBytes: 8 * 1024 * 1024,
  maxWaiting: 1_024,
});

/**
 * Graphs in workers, one for each: a query that hangs or breaks its engine ends one worker and nothing else. What a
 * query changed is in the store before it is answered, so a worker can be ended at any time.
 */
export class WorkerGraphs {
  readonly #options: WorkerGraphsOptions & Required<GraphLimits>;
  readonly #queue: KeyedQueue;
  /** In the order in which they were asked last. */
  readonly #open = new Map<string, OpenGraph>();
  readonly #busy = new Set<string>();

  constructor(options: WorkerGraphsOptions) {
    this.#options = { ...DEFAULT_LIMITS, ...options };
    this.#queue = new KeyedQueue(this.#options.maxWaiting);
  }

  /** The graphs of a space, which are others than those of the same names elsewhere. */
  space(space: string): GraphEngine {
    const prefix = `${JSON.stringify(space)}/`;
    let isClosed = false;
    const run = <T>(graph: string, work: (key: string, files: GraphFiles) => Promise<T>): Promise<T> =>
      this.#exclusively(`${prefix}${graph}`, { space, graph }, async (key, files) => {
        if (isClosed) throw new HostError("provider.not_running", "The graph was closed");
        try {
          return await work(key, files);
        } finally {
          // It may have been opened meanwhile.
          if (isClosed) this.#end(key);
        }
      });
    return {
      query: (graph, query) => run(graph, (key, files) => this.#query(key, files, query)),
      delete: (graph) =>
        run(graph, async (key, files) => {
          this.#end(key);
          await files.remove();
        }),
      close: async () => {
        isClosed = true;
        for (const key of [...this.#open.keys()]) if (key.startsWith(prefix)) this.#end(key);
      },
    };
  }

  /** One thing at a time is done to a graph, in all hosts that share the store. */
  #exclusively<T>(
    key: string,
    name: { readonly space: string; readonly graph: string },
    work: (key: string, files: GraphFiles) => Promise<T>,
  ): Promise<T> {
    const { store, maxGraphBytes, lock = (_, unlocked) => unlocked() } = this.#options;
    return this.#queue.run([key], async () => {
      const files = await GraphFiles.of({ ...name, store, maxBytes: maxGraphBytes });
      this.#busy.add(key);
      try {
        return await lock(files.lock, () => work(key, files));
      } finally {
        this.#busy.delete(key);
      }
    });
  }

  async #query(key: string, files: GraphFiles, query: string): Promise<GraphRows> {
    const graph = await this.#opened(key, files);
    try {
      const answer = await graph.session.query(query, this.#options.queryMs);
      if (answer.change.kind !== "none") graph.version = await files.keep(answer.change);
      if (answer.kind === "refused") throw new HostError("provider.failure", answer.reason);
      return answer.rows;
    } catch (error) {
      // What the session has and the store has not must not be seen.
      if (!(error instanceof HostError && error.code === "provider.failure")) this.#end(key);
      throw error;
    }
  }

  async #opened(key: string, files: GraphFiles): Promise<OpenGraph> {
    const known = this.#open.get(key);
    if (known !== undefined && !known.session.isEnded && known.version === (await files.version())) {
      this.#open.delete(key);
      this.#open.set(key, known);
      return known;
    }
    this.#end(key);
    this.#makeRoom();
    const kept = await files.load();
    const session = await GraphSession.open(this.#worker(key), { ...this.#options, image: kept?.image });
    const opened = { session, version: kept?.version };
    this.#open.set(key, opened);
    return opened;
  }

  /** Whoever asks is among the busy already. */
  #makeRoom(): void {
    const { maxOpen } = this.#options;
    const idle = [...this.#open.keys()].filter((key) => !this.#busy.has(key));
    if (this.#busy.size > maxOpen) {
      throw new HostError("provider.overloaded", `${maxOpen} graphs are asked already`);
    }
    for (const key of idle.slice(0, Math.max(0, this.#busy.size + idle.length - maxOpen))) this.#end(key);
  }

  #worker(key: string): ActorWorkerHandle {
    try {
      return this.#options.startWorker(`graph ${key}`);
    } catch (cause) {
      throw new HostError("provider.worker_failed", `No worker can be started: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  #end(key: string): void {
    this.#open.get(key)?.session.close();
    this.#open.delete(key);
  }
}
