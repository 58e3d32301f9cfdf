import { fromErrorRecord, HostError } from "../errors/index.ts";
import type { HostCallStrategyName } from "../wapc/index.ts";
import type { ActorModule, ActorPlacement, ActorRuntime, PlacementOptions } from "./actor-runtime.ts";
import type { FromWorker } from "./messages.ts";
import { SHARED_BYTES, SharedAnswerWriter } from "./shared-answer.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import { WorkerPlacement } from "./worker-placement.ts";
import type { StartWorker } from "./worker-port.ts";

/** How a {@link WorkerActorRuntime} is made. */
export interface WorkerRuntimeOptions {
  readonly startWorker: StartWorker;
  /** Strategies that may be chosen, besides `none`; default all that work. */
  readonly allow?: readonly HostCallStrategyName[];
}

/** Milliseconds a worker has to load its script and answer the probe. */
const START_DEADLINE_MS = 10_000;

/** Runs each actor in a worker of its own, which can be ended at any time. */
export class WorkerActorRuntime implements ActorRuntime {
  readonly #startWorker: StartWorker;
  readonly #allow: readonly HostCallStrategyName[] | undefined;
  #probed: Promise<readonly HostCallStrategyName[]> | undefined;

  constructor(options: WorkerRuntimeOptions) {
    this.#startWorker = options.startWorker;
    this.#allow = options.allow;
  }

  /** All strategies that work here, best first, whether they may be chosen or not. Found out once. */
  available(): Promise<readonly HostCallStrategyName[]> {
    this.#probed ??= this.#probe().catch((error: unknown) => {
      this.#probed = undefined;
      throw error;
    });
    return this.#probed;
  }

  async hostCalls(): Promise<HostCallStrategyName> {
    const available = await this.available();
    return available.find((name) => this.#allow?.includes(name) ?? true) ?? "none";
  }

  async place(module: ActorModule, options: PlacementOptions): Promise<ActorPlacement> {
    const strategy = module.callsHost ? await this.hostCalls() : "none";
    const shared = strategy === "shared-memory" ? new SharedArrayBuffer(SHARED_BYTES) : undefined;
    let placement: WorkerPlacement | undefined;
    const worker = new SupervisedWorker(this.#startWorker(options.name), (message: FromWorker) =>
      placement?.receive(message),
    );
    placement = new WorkerPlacement(
      worker,
      strategy,
      options,
      shared === undefined ? undefined : new SharedAnswerWriter(shared),
    );
    const failure = await worker.lifeCycle(
      (api) =>
        api.load(module.compiled, {
          strategy,
          maxPayloadBytes: options.maxPayloadBytes,
          hostCallTimeoutMs: options.deadlineMs,
          ...(shared === undefined ? {} : { shared }),
        }),
      options.deadlineMs,
    );
    if (failure !== undefined) {
      const error = fromErrorRecord(failure);
      worker.end(error);
      throw error;
    }
    return placement;
  }

  async close(): Promise<void> {
    // Nothing is kept ready between placements.
    await this.#probed?.catch(() => undefined);
  }

  async #probe(): Promise<HostCallStrategyName[]> {
    const worker = new SupervisedWorker(this.#startWorker("probe"), () => undefined);
    const found = await worker.lifeCycle((api) => api.probe(), START_DEADLINE_MS);
    worker.end(new HostError("actor.stopped", "The probe is done"));
    return found;
  }
}
