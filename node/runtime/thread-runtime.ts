import { Worker } from "node:worker_threads";
import { type ActorWorkerHandle, type HostCallStrategyName, WorkerActorRuntime } from "../../src/index.ts";
import { webPort } from "./thread-port.ts";

/** How a runtime on Node's threads is made. */
export interface ThreadRuntimeOptions {
  /** The built worker script; default the one that is installed beside this module. */
  readonly script?: URL;
  /** Strategies that may be chosen for host calls; default all that work. */
  readonly allow?: readonly HostCallStrategyName[];
}

/** Runs each actor in a thread of its own. Threads that still run do not keep the process alive. */
export function threadRuntime(options: ThreadRuntimeOptions = {}): WorkerActorRuntime {
  const script = options.script ?? new URL("./actor-worker.js", import.meta.url);
  return new WorkerActorRuntime({
    startWorker: (name) => startThread(script, name),
    ...(options.allow === undefined ? {} : { allow: options.allow }),
  });
}

function startThread(script: URL, name: string): ActorWorkerHandle {
  // No environment, no arguments, no stdin: a guest's thread gets nothing it could read from.
  const worker = new Worker(script, { name, env: {}, argv: [], stdin: false, trackUnmanagedFds: true });
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
