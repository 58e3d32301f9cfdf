import { asHostError, type ErrorRecord, fromErrorRecord, type HostError } from "../errors/index.ts";
import type { CompiledActorModule, PlacementKind, PlacementOptions } from "./actor-runtime.ts";
import { CALLS_BYTES } from "./answer-box.ts";
import type { FromWorker } from "./messages.ts";
import { SHARED_BYTES, SharedAnswerWriter } from "./shared-answer.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import { WorkerPlacement } from "./worker-placement.ts";
import type { ActorWorkerHandle } from "./worker-port.ts";

/** Milliseconds a pooled worker has to let go of a guest before it is ended with all it holds. */
const UNLOAD_DEADLINE_MS = 5_000;

/** A worker and the guests placed in it: one that ends with it, or several that share it. */
export class GuestWorker {
  readonly #kind: PlacementKind;
  readonly #worker: SupervisedWorker;
  readonly #placements = new Map<number, WorkerPlacement>();
  #numbers = 0;

  constructor(kind: PlacementKind, handle: ActorWorkerHandle) {
    this.#kind = kind;
    this.#worker = new SupervisedWorker(handle, (message: FromWorker) =>
      this.#placements.get(message.guest)?.receive(message),
    );
    this.#worker.onEnd((reason) => {
      for (const placement of this.#placements.values()) placement.end(reason);
    });
  }

  /** Guests it holds. */
  get size(): number {
    return this.#placements.size;
  }

  get ended(): HostError | undefined {
    return this.#worker.ended;
  }

  /** Ends the worker with all its guests. */
  end(reason: HostError): void {
    this.#worker.end(reason);
  }

  /**
   * Starts a guest in it.
   *
   * @throws HostError as `ActorRuntime.place`. A shared worker lives on if only the guest failed.
   */
  async load(module: CompiledActorModule, options: PlacementOptions): Promise<WorkerPlacement> {
    const guest = ++this.#numbers;
    const shared = module.hostCalls === "shared-memory" ? new SharedArrayBuffer(SHARED_BYTES) : undefined;
    const calls = hasSharedMemory() ? new SharedArrayBuffer(CALLS_BYTES) : undefined;
    const placement = new WorkerPlacement({
      guest,
      post: (message, transfer) => this.#worker.post(message, transfer),
      options,
      onEnd: (reason) => this.#release(guest, reason),
      ...(shared === undefined ? {} : { shared: new SharedAnswerWriter(shared) }),
      ...(calls === undefined ? {} : { calls }),
    });
    this.#placements.set(guest, placement);
    const load = {
      strategy: module.hostCalls,
      maxPayloadBytes: options.maxPayloadBytes,
      fuel: module.placement === "pooled",
      maxMemoryBytes: module.maxMemoryBytes,
      hostCallTimeoutMs: options.deadlineMs,
      ...(shared === undefined ? {} : { shared }),
      ...(calls === undefined ? {} : { calls }),
    };
    const giveUp = (): void => placement.end(asHostError(options.signal?.reason));
    options.signal?.addEventListener("abort", giveUp);
    let failure: ErrorRecord | undefined;
    try {
      failure = await this.#worker.lifeCycle(
        (api) => api.load(guest, module.compiled, load),
        options.startMs,
      );
    } finally {
      options.signal?.removeEventListener("abort", giveUp);
    }
    if (placement.ended !== undefined) throw placement.ended;
    if (failure === undefined) return placement;
    const error = fromErrorRecord(failure);
    placement.end(error);
    throw error;
  }

  /** Lets go of a guest: its worker ends with it, or has to forget it, or is stuck in it and ends all the same. */
  #release(guest: number, reason: HostError): void {
    this.#placements.delete(guest);
    if (this.ended !== undefined) return;
    if (this.#kind === "isolated") this.end(reason);
    else {
      this.#worker
        .lifeCycle((api) => api.unload(guest), UNLOAD_DEADLINE_MS)
        .catch(() => {
          // The missed deadline has ended the worker, and those who have guests in it were told.
        });
    }
  }
}

/** Browsers have it on pages that are cross-origin isolated. */
function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === "function";
}
