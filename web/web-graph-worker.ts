import type { ActorWorkerHandle } from "../src/index.ts";
import { handleOf } from "./web-runtime.ts";

/**
 * Starts the worker of a graph, for the service `startGraphWorker` of a host's providers. Its engine is the optional
 * package `kuzu-wasm`, and is loaded when the graph is opened. The server must send the worker's script with the policy
 * `default-src 'none'; script-src 'self' 'unsafe-eval'`: the engine makes functions from text, and has nothing else.
 *
 * @param name - for debuggers.
 */
export function startGraphWorker(name: string): ActorWorkerHandle {
  return handleOf(new Worker(new URL("./graph-worker.ts", import.meta.url), { type: "module", name }));
}
