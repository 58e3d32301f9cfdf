import type { StartWorker } from "../../src/index.ts";
import { startThread } from "./thread-runtime.ts";

/** How the threads of graphs are started. */
export interface ThreadGraphOptions {
  /** The built worker script; default the one that is installed beside this module. */
  readonly script?: URL;
  /** MiB of JavaScript objects that a thread may hold; the memory of the engine does not count. Default 256. */
  readonly maxHeapMib?: number;
}

/**
 * Starts a thread for each open graph, for the service `startGraphWorker` of a host's providers. The engine is the
 * optional package `kuzu-wasm`, and is loaded when the graph is opened.
 */
export function threadGraphWorker(options: ThreadGraphOptions = {}): StartWorker {
  const { script = new URL("./graph-worker.js", import.meta.url), maxHeapMib = 256 } = options;
  // The package does not say that it is made of ES modules, and Node.js would tell everybody.
  const execArgv = ["--no-warnings"];
  return (name) =>
    startThread(script, name, { execArgv, resourceLimits: { maxOldGenerationSizeMb: maxHeapMib } });
}
