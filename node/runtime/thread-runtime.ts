import { Worker, type WorkerOptions } from "node:worker_threads";
import { type ActorWorkerHandle, WorkerActorRuntime, type WorkerRuntimeOptions } from "../../src/index.ts";
import { webPort } from "./thread-port.ts";

/** How a runtime on Node's threads is made. */
export interface ThreadRuntimeOptions extends Omit<WorkerRuntimeOptions, "startWorker"> {
  /** The built worker script; default the one that is installed beside this module. */
  readonly script?: URL;
}

/** Runs each actor in a thread of its own. Threads that still run do not keep the process alive. */
export function threadRuntime(options: ThreadRuntimeOptions = {}): WorkerActorRuntime {
  const { script = new URL("./actor-worker.js", import.meta.url), ...rest } = options;
  return new WorkerActorRuntime({ ...rest, startWorker: (name) => startThread(script, name) });
}

/** Starts a thread for foreign code. */
export function startThread(script: URL, name: string, options: WorkerOptions = {}): ActorWorkerHandle {
  // No environment, no arguments, no stdin: a guest's thread gets nothing it could read from.
  const closed = { env: {}, argv: [], stdin: false, trackUnmanagedFds: true };
  const worker = new Worker(script, { ...options, ...closed, name });
  worker.unref();
  return {
    ...webPort(worker),
    onFailure: (listener) => {
      worker.on("error", (error) => listener(error instanceof Error ? error : new Error(String(error))));
      worker.on("messageerror", (error) => listener(error));
      worker.on("exit", (code) => listener(new Error(`the thread ended with code ${code}`)));
    },
    terminate: () => void worker.terminate(),
  };
}
