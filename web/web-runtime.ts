import { type ActorWorkerHandle, WorkerActorRuntime, type WorkerRuntimeOptions } from "../src/index.ts";

/** How a runtime on web workers is made. */
export type WebRuntimeOptions = Omit<WorkerRuntimeOptions, "startWorker">;

/**
 * Runs each actor in a web worker of its own. Made where the host runs: best in a worker, so that a busy page does
 * not delay calls.
 */
export function webRuntime(options: WebRuntimeOptions = {}): WorkerActorRuntime {
  return new WorkerActorRuntime({ ...options, startWorker });
}

function startWorker(name: string): ActorWorkerHandle {
  return handleOf(new Worker(new URL("./actor-worker.ts", import.meta.url), { type: "module", name }));
}

/** A web worker as the core's runtimes see it. */
export function handleOf(worker: Worker): ActorWorkerHandle {
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
