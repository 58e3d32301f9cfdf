import type { ActorWorkerHandle, StartWorker } from "../../actors/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { PortableProvider, ProviderRuntime, ProviderStartOptions } from "./provider-runtime.ts";
import { WorkerProvider } from "./worker-provider.ts";

/** How a {@link WorkerProviderRuntime} is made. */
export interface WorkerProviderRuntimeOptions {
  /** Starts a worker that runs `runProviderWorker` and nothing else. */
  readonly startWorker: StartWorker;
  /** Targets that run in such a worker, best first. */
  readonly targets: readonly string[];
}

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Runs each provider in a worker of its own, which can be ended at any time. */
export class WorkerProviderRuntime implements ProviderRuntime {
  readonly targets: readonly string[];
  readonly #startWorker: StartWorker;

  constructor({ startWorker, targets }: WorkerProviderRuntimeOptions) {
    this.targets = Object.freeze([...targets]);
    this.#startWorker = startWorker;
  }

  async start(module: Uint8Array, options: ProviderStartOptions): Promise<PortableProvider> {
    if (WASM_MAGIC.every((byte, index) => module[index] === byte)) {
      throw new HostError(
        "provider.start_failed",
        `Provider ${options.name} is WebAssembly, not an ES module`,
        {
          hint: "Only targets of the form es2022-… run here.",
        },
      );
    }
    const provider = new WorkerProvider(this.#worker(options.name), options);
    await provider.start(module);
    return provider;
  }

  #worker(name: string): ActorWorkerHandle {
    try {
      return this.#startWorker(name);
    } catch (cause) {
      const message = `No worker can be started for provider ${name}: ${messageOf(cause)}`;
      throw new HostError("provider.worker_failed", message, { cause });
    }
  }
}
