import type { WorkerPort } from "../../../actors/index.ts";
import { messageOf } from "../../../errors/index.ts";
import { type FromGraphWorker, type GraphChange, MAX_REASON, type ToGraphWorker } from "../graph-messages.ts";
import { KuzuGraph, QueryRefused } from "./kuzu-graph.ts";
import type { KuzuModule } from "./kuzu-module.ts";

/**
 * The code of a graph's worker: one graph, one query after the other.
 *
 * @param load - imports `kuzu-wasm/sync`; called when the graph is opened.
 */
export function runGraphWorker(port: WorkerPort, load: () => Promise<KuzuModule>): void {
  let graph: KuzuGraph | undefined;
  let memory: MemoryBound | undefined;
  const send = (message: FromGraphWorker): void => port.postMessage(message, buffersOf(message));

  async function open({ image, limits }: ToGraphWorker & { kind: "open" }): Promise<void> {
    try {
      memory = boundMemory(limits.maxMemoryBytes);
      silence();
      const kuzu = await loadEngine(load);
      graph = new KuzuGraph(kuzu, image, limits);
      send({ kind: "opened" });
    } catch (error) {
      send({ kind: "broken", reason: reasonOf(error) });
    }
  }

  function query(opened: KuzuGraph, text: string): FromGraphWorker {
    try {
      try {
        const rows = opened.query(text);
        return { kind: "rows", rows, change: opened.takeChange() };
      } catch (error) {
        if (!(error instanceof QueryRefused)) throw error;
        // Statements before the wrong one have happened.
        return { kind: "refused", reason: reasonOf(error), change: opened.takeChange() };
      }
    } catch (error) {
      const { isExceeded = false, maxBytes = 0 } = memory ?? {};
      const reason = isExceeded
        ? `the engine needs more than its ${maxBytes} bytes of memory`
        : reasonOf(error);
      return { kind: "broken", reason };
    }
  }

  port.addEventListener("message", ({ data }) => {
    const message = data as ToGraphWorker;
    if (message.kind === "open") void open(message);
    else if (graph !== undefined) send(query(graph, message.query));
  });
}

async function loadEngine(load: () => Promise<KuzuModule>): Promise<KuzuModule> {
  const kuzu = await load().catch((cause: unknown) => {
    const message = `The engine of graphs is the package kuzu-wasm, and cannot be loaded: ${messageOf(cause)}`;
    throw new Error(`${message} Is it installed? npm install kuzu-wasm@0.11.3`, { cause });
  });
  await kuzu.init().catch((cause: unknown) => {
    if (!(cause instanceof EvalError)) throw cause;
    const policy = "default-src 'none'; script-src 'self' 'unsafe-eval'";
    throw new Error(`The script graph-worker must be served with the policy ${policy}`, { cause });
  });
  return kuzu;
}

function reasonOf(error: unknown): string {
  return messageOf(error).slice(0, MAX_REASON);
}

function buffersOf(message: FromGraphWorker): ArrayBuffer[] {
  const change: GraphChange = "change" in message ? message.change : { kind: "none" };
  if (change.kind === "appended") return [change.bytes.buffer];
  return change.kind === "replaced" ? [change.image.main.buffer, change.image.log.buffer] : [];
}

/** What the engine prints when it ends is in its error as well, and nobody reads a worker's console. */
function silence(): void {
  const drop = (): void => undefined;
  Object.assign(console, { debug: drop, log: drop, info: drop, warn: drop, error: drop });
}

interface MemoryBound {
  readonly maxBytes: number;
  isExceeded: boolean;
}

/** The engine's module may grow to 4 GiB; when it is refused more it aborts, and does not say why. */
function boundMemory(maxBytes: number): MemoryBound {
  const bound: MemoryBound = { maxBytes, isExceeded: false };
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (this: WebAssembly.Memory, pages: number): number {
    bound.isExceeded = this.buffer.byteLength + pages * 65_536 > maxBytes;
    if (bound.isExceeded) throw new RangeError("over the limit of memory");
    return grow.call(this, pages);
  };
  return bound;
}
