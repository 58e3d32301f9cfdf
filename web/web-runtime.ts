import { type ActorWorkerHandle, type HostCallStrategyName, WorkerActorRuntime } from "../src/index.ts";

/** How a runtime on web workers is made. */
export interface WebRuntimeOptions {
  /** Strategies that may be chosen for host calls; default all that work. */
  readonly allow?: readonly HostCallStrategyName[];
}

/**
 * Runs each actor in a web worker of its own. Made where the host runs: best in a worker, so that a busy page does
 * not delay calls.
 */
export function webRuntime(options: WebRuntimeOptions = {}): WorkerActorRuntime {
  return new WorkerActorRuntime({
    startWorker,
    ...(options.allow === undefined ? {} : { allow: options.allow }),
  });
}

function startWorker(name: string): ActorWorkerHandle {
  const worker = new Worker(new URL("./actor-worker.ts", import.meta.url), { type: "module", name });
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => worker.addEventListener(type, listener),
    removeEventListener: (type, listener) => worker.removeEventListener(type, listener),
    onFailure: (listener) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        listener(new Error(event.message || "its script could not be loaded"));
      });
      worker.addEventListener("messageerror", () => listener(new Error("a message could not be read")));
    },
    terminate: () => worker.terminate(),
  };
}
