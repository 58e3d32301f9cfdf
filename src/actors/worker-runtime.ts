import type { VerifiedModule } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import type { HostCallStrategyName } from "../wapc/index.ts";
import type {
  ActorPlacement,
  ActorRuntime,
  CompiledActorModule,
  PlacementOptions,
  PreparationOptions,
} from "./actor-runtime.ts";
import { CompiledModules } from "./compiled-modules.ts";
import { GuestWorker } from "./guest-worker.ts";
import { prepareActorModule } from "./module-preparation.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import type { StartWorker } from "./worker-port.ts";

/** How a {@link WorkerActorRuntime} is made. */
export interface WorkerRuntimeOptions {
  readonly startWorker: StartWorker;
  /**
   * Strategies that may be chosen, besides `none`; default all that work but `asyncify`, which rewrites modules, takes
   * seconds at an actor's start, and so is used by consent only.
   */
  readonly allow?: readonly HostCallStrategyName[];
  /** Instances that may live at one time; default 100, since Chromium's process holds 124 wasm memories. */
  readonly maxInstances?: number;
  /** Workers that pooled guests share; default 2. */
  readonly poolSize?: number;
  /**
   * Rewrites a module for the strategy `asyncify`; default: not offered. See `asyncifier`.
   *
   * @param bytes - the module as it would be compiled.
   */
  readonly asyncify?: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const DEFAULT_ALLOW: readonly HostCallStrategyName[] = ["jspi", "shared-memory"];
/** Milliseconds a worker has to load its script and answer the probe. */
const START_DEADLINE_MS = 10_000;
/** Compiled modules kept for actors that are started again. */
const COMPILED_MODULES = 64;

/** Runs actors in workers: each in its own, which can be ended at any time, or several in a few. */
export class WorkerActorRuntime implements ActorRuntime {
  readonly maxInstances: number;
  readonly #options: WorkerRuntimeOptions;
  readonly #compiled = new CompiledModules(COMPILED_MODULES);
  readonly #pool: GuestWorker[] = [];
  #probed: Promise<readonly HostCallStrategyName[]> | undefined;

  constructor(options: WorkerRuntimeOptions) {
    this.#options = options;
    this.maxInstances = options.maxInstances ?? 100;
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
    const { allow = DEFAULT_ALLOW } = this.#options;
    return available.find((name) => allow.includes(name)) ?? "none";
  }

  prepare(verified: VerifiedModule, options: PreparationOptions): Promise<CompiledActorModule> {
    const { placement, maxMemoryBytes } = options;
    const { asyncify } = this.#options;
    const hash = verified.claims.moduleHash;
    return this.#compiled.get(`${hash} ${placement} ${maxMemoryBytes}`, () =>
      prepareActorModule(verified, {
        placement,
        maxMemoryBytes,
        hostCalls: () => this.hostCalls(),
        ...(asyncify === undefined ? {} : { asyncify }),
      }),
    );
  }

  place(module: CompiledActorModule, options: PlacementOptions): Promise<ActorPlacement> {
    const worker = module.placement === "pooled" ? this.#pooled() : this.#start("isolated", options.name);
    return worker.load(module, options);
  }

  async close(): Promise<void> {
    for (const worker of this.#pool) worker.end(new HostError("host.stopped", "The host was stopped"));
    this.#pool.length = 0;
    this.#compiled.clear();
    await this.#probed?.catch(() => undefined);
  }

  /** The pool's worker with the fewest guests; a new one while there are not enough. */
  #pooled(): GuestWorker {
    const alive = this.#pool.filter((worker) => worker.ended === undefined);
    const [least] = alive.sort((a, b) => a.size - b.size);
    if (least !== undefined && (least.size === 0 || alive.length >= (this.#options.poolSize ?? 2)))
      return least;
    const worker = this.#start("pooled", "pool");
    this.#pool.splice(0, this.#pool.length, ...alive, worker);
    return worker;
  }

  #start(kind: "isolated" | "pooled", name: string): GuestWorker {
    return new GuestWorker(kind, this.#options.startWorker(name));
  }

  async #probe(): Promise<HostCallStrategyName[]> {
    const worker = new SupervisedWorker(this.#options.startWorker("probe"), () => undefined);
    const found = await worker.lifeCycle((api) => api.probe(), START_DEADLINE_MS);
    worker.end(new HostError("actor.stopped", "The probe is done"));
    if (this.#options.asyncify === undefined) return found;
    return [...found.filter((name) => name !== "none"), "asyncify", "none"];
  }
}
