import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach } from "vitest";
import { nodeWorkerScript } from "../../../node/build/node-worker.ts";
import { webPort } from "../../../node/runtime/thread-port.ts";
import {
  type ActorWorkerHandle,
  WorkerActorRuntime,
  type WorkerRuntimeOptions,
} from "../../../src/actors/index.ts";

/** Starts Node threads and knows which of them still live. */
export class Threads {
  /** Threads started so far, by the names they were given. */
  readonly names: string[] = [];
  readonly #alive = new Set<Worker>();

  get alive(): number {
    return this.#alive.size;
  }

  /** Starts the built actor worker, or any other script. */
  start(name: string, script: URL = nodeWorkerScript): ActorWorkerHandle {
    this.names.push(name);
    const worker = new Worker(script, { name, stderr: true });
    this.#alive.add(worker);
    worker.once("exit", () => this.#alive.delete(worker));
    return {
      ...webPort(worker),
      onFailure: (listener) => {
        worker.on("error", listener);
        worker.on("exit", (code) => listener(new Error(`the thread ended with code ${code}`)));
      },
      terminate: () => void worker.terminate(),
    };
  }

  /** A runtime on these threads. */
  runtime(options: Omit<WorkerRuntimeOptions, "startWorker"> = {}, script?: URL): WorkerActorRuntime {
    return new WorkerActorRuntime({ startWorker: (name) => this.start(name, script), ...options });
  }

  /** Resolves when no more than so many threads live. */
  async atMost(count: number): Promise<void> {
    while (this.#alive.size > count) {
      await Promise.race([...this.#alive].map((worker) => once(worker, "exit")));
    }
  }

  /** Ends what a test left running. */
  async close(): Promise<void> {
    await Promise.all([...this.#alive].map((worker) => worker.terminate()));
  }
}

/** Threads of one test, ended after it. */
export function useThreads(): { readonly current: Threads } {
  let threads = new Threads();
  afterEach(async () => {
    await threads.close();
    threads = new Threads();
  });
  return {
    get current() {
      return threads;
    },
  };
}

/** A script for a thread. */
export function scriptOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
