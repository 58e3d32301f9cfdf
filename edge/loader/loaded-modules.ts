import script from "weblattice:guest-worker";
import probe from "weblattice:jspi-probe-bytes";
import { fromErrorRecord, HostError, messageOf } from "../../src/errors/index.ts";
import type { GuestWait } from "../actors/guest-wait.ts";
import type { AnswerHostCall } from "../actors/isolate-guest.ts";
import type { LoadedCode, WorkerLoader } from "../platform.ts";
import {
  type GuestWorkerApi,
  LOADED_MODULES,
  type LoadedGuestLimits,
  type LoadedOutcome,
} from "./protocol.ts";

/** What {@link LoadedModules} work with. */
export interface LoadedModulesOptions {
  readonly loader: WorkerLoader;
  /**
   * The prepared module of a hash; asked only where no isolate has it yet.
   *
   * @throws HostError `module.not_bundled` if it is gone.
   */
  readonly source: (hash: string) => Promise<Uint8Array>;
}

/** The behaviour of isolates made at run time does not follow that of the worker. */
const COMPATIBILITY_DATE = "2025-01-15";
/** Milliseconds of processor time for one call, where the runtime counts them; network calls: none. */
const ISOLATE_LIMITS = { cpuMs: 30_000, subRequests: 0 } as const;
/** Changes when the script does not fit the isolates of an older worker that may still be there. */
const ISOLATE_VERSION = "1";

/** Modules that run in isolates of their own, made at run time: no network, no bindings, a way back for host calls. */
export class LoadedModules {
  readonly #options: LoadedModulesOptions;

  constructor(options: LoadedModulesOptions) {
    this.#options = options;
  }

  /** Checks a module in its isolate: how will it wait? @throws HostError `module.…`, `actor.worker_failed`. */
  async check(hash: string): Promise<GuestWait> {
    return unwrap(await this.#reach(hash, (worker) => worker.check()), () => undefined);
  }

  /**
   * Starts a first instance.
   *
   * @throws HostError `module.…`, `guest.…`, `actor.worker_failed`.
   */
  async start(
    hash: string,
    limits: LoadedGuestLimits,
    answer: AnswerHostCall,
    onLog: (line: string) => void,
  ): Promise<void> {
    unwrap(await this.#reach(hash, (worker) => worker.start(limits, answer)), onLog);
  }

  /** @throws HostError `guest.…`, `actor.no_instance`, `actor.deadline`, `actor.worker_failed`. */
  async call(
    hash: string,
    call: { readonly operation: string; readonly payload: Uint8Array; readonly answer: AnswerHostCall },
    limits: LoadedGuestLimits,
    onLog: (line: string) => void,
  ): Promise<Uint8Array> {
    const { operation, payload, answer } = call;
    return unwrap(
      await this.#reach(hash, (worker) => worker.call(operation, payload, limits, answer)),
      onLog,
    );
  }

  async #reach<T>(
    hash: string,
    work: (worker: GuestWorkerApi) => Promise<LoadedOutcome<T>>,
  ): Promise<LoadedOutcome<T>> {
    const { loader, source } = this.#options;
    // The name is the content: another module never meets the isolate of this one.
    const isolate = loader.get(`weblattice-${ISOLATE_VERSION}-${hash}`, async () =>
      codeOf(await source(hash)),
    );
    try {
      return await work(isolate.getEntrypoint() as GuestWorkerApi);
    } catch (error) {
      const reason = messageOf(error);
      const isRefused = /CompileError|wasm/i.test(reason);
      throw new HostError(
        isRefused ? "module.compile_failed" : "actor.worker_failed",
        `The actor's isolate failed: ${reason}`,
        { cause: error },
      );
    }
  }
}

function codeOf(module: Uint8Array): LoadedCode {
  return {
    compatibilityDate: COMPATIBILITY_DATE,
    mainModule: LOADED_MODULES.main,
    modules: {
      [LOADED_MODULES.main]: script,
      [LOADED_MODULES.guest]: { wasm: module.slice().buffer as ArrayBuffer },
      [LOADED_MODULES.probe]: { wasm: probe.slice().buffer },
    },
    env: {},
    globalOutbound: null,
    limits: ISOLATE_LIMITS,
  };
}

function unwrap<T>(outcome: LoadedOutcome<T>, onLog: (line: string) => void): T {
  for (const line of outcome.log) onLog(line);
  if (outcome.ok) return outcome.value;
  throw fromErrorRecord(outcome.error);
}
