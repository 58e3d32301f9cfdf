import type {
  ActorModule,
  ActorRuntime,
  HostCallStrategyName,
  PlacementOptions,
  PreparationOptions,
} from "../../src/actors/index.ts";
import type { VerifiedModule } from "../../src/claims/index.ts";
import { asHostError, HostError } from "../../src/errors/index.ts";
import { prepareModule } from "../../src/wapc/index.ts";
import type { LoadedModules } from "../loader/loaded-modules.ts";
import type { BundledActor } from "./bundled-actor.ts";
import { type EdgeGuest, EdgePlacement } from "./edge-placement.ts";
import { canSuspend, type GuestWait, guestWait } from "./guest-wait.ts";
import { IsolateGuest } from "./isolate-guest.ts";

/** A module as this runtime runs it. */
export interface EdgeModule extends ActorModule {
  readonly hash: string;
  /** Absent: it runs in an isolate of its own, made at run time. */
  readonly bundled?: BundledActor;
  readonly wait: GuestWait;
}

/** A verified module whose bytes are at hand. */
export type SignedModule = VerifiedModule & { readonly bytes: Uint8Array };

/** What an {@link EdgeRuntime} works with. */
export interface EdgeRuntimeOptions {
  readonly bundled: readonly BundledActor[];
  /** Given where isolates can be made at run time. */
  readonly loaded?: LoadedModules;
  /** Keeps a verified module, for the isolates that will ask for it and for the host that comes back. */
  readonly keep?: (module: SignedModule) => Promise<void>;
  /** Default 64. */
  readonly maxInstances?: number;
}

/** Instances of one module that live in an isolate of its own at most. */
export const LOADED_INSTANCES = 16;

/** Runs guests of bundled modules in the isolate of the host, and others in isolates made at run time. */
export class EdgeRuntime implements ActorRuntime {
  readonly maxInstances: number;
  readonly #options: EdgeRuntimeOptions;
  readonly #bundled: ReadonlyMap<string, BundledActor>;
  readonly #modules = new Map<string, EdgeModule>();

  constructor(options: EdgeRuntimeOptions) {
    this.#options = options;
    this.#bundled = new Map(options.bundled.map((actor) => [actor.hash, actor]));
    this.maxInstances = options.maxInstances ?? 64;
  }

  async hostCalls(): Promise<HostCallStrategyName> {
    if (await canSuspend()) return "jspi";
    const [first] = this.#options.bundled;
    return first?.asyncified === true ? "asyncify" : "none";
  }

  /** A module that was prepared. @param hash - of what was signed. */
  moduleOf(hash: string): EdgeModule | undefined {
    return this.#modules.get(hash);
  }

  async prepare(verified: VerifiedModule, options: PreparationOptions): Promise<EdgeModule> {
    const { claims, bytes } = verified;
    const hash = claims.moduleHash;
    const bundled = this.#bundled.get(hash);
    // The bundle may have the code, and yet not these claims.
    if (bundled !== undefined && bytes !== undefined) await this.#options.keep?.({ ...verified, bytes });
    const module =
      bundled === undefined ? await this.#prepareLoaded(verified, options) : await prepareBundled(bundled);
    this.#modules.set(hash, module);
    return module;
  }

  async place(module: EdgeModule, options: PlacementOptions): Promise<EdgePlacement> {
    const { name, onHostCall, onLog, maxPayloadBytes, startMs, deadlineMs } = options;
    const { bundled, wait, hash, maxMemoryBytes } = module;
    const { loaded } = this.#options;
    if (bundled !== undefined) {
      const guest = { module: bundled.module, wait, maxMemoryBytes, maxPayloadBytes, onLog };
      const started = await withinStart(IsolateGuest.start(guest, onHostCall), options);
      return new EdgePlacement(started);
    }
    if (loaded === undefined) throw notBundled(name);
    const limits = { maxMemoryBytes, maxPayloadBytes, deadlineMs, instances: LOADED_INSTANCES };
    const start = loaded.start(hash, { ...limits, deadlineMs: startMs }, onHostCall, onLog);
    await withinStart(start, options);
    const call: EdgeGuest["call"] = (operation, payload, answer) =>
      loaded.call(hash, { operation, payload, answer }, limits, onLog);
    return new EdgePlacement({ call, replaced: 0 });
  }

  async close(): Promise<void> {
    this.#modules.clear();
  }

  async #prepareLoaded(
    verified: VerifiedModule,
    { maxMemoryBytes }: PreparationOptions,
  ): Promise<EdgeModule> {
    const { loaded, keep } = this.#options;
    const { claims, bytes } = verified;
    const hash = claims.moduleHash;
    if (loaded === undefined || keep === undefined || bytes === undefined) throw notBundled(hash);
    // What is wrong with it is told here; the isolate that asks for it has it prepared again.
    prepareModule(bytes, { maxMemoryBytes, fuel: true });
    await keep({ ...verified, bytes });
    const wait = await loaded.check(hash);
    return { hostCalls: wait, placement: "isolated", maxMemoryBytes, hash, wait };
  }
}

async function prepareBundled(bundled: BundledActor): Promise<EdgeModule> {
  const wait = await guestWait(bundled);
  const { maxMemoryBytes, hash } = bundled;
  return { hostCalls: wait, placement: "pooled", maxMemoryBytes, hash, wait, bundled };
}

/** Starting what is in no bundle takes a binding that makes isolates at run time. */
export function notBundled(what: string): HostError {
  return new HostError(
    "module.not_bundled",
    `${what.slice(0, 200)} is not among the actors of this worker, and nothing here compiles modules at run time`,
    { hint: "Add it to the worker's actors and deploy again, or bind a Worker Loader." },
  );
}

/** A start that is late, or not wanted any more, is given up; its fuel counters end what still runs. */
async function withinStart<T>(
  work: Promise<T>,
  { startMs, signal }: Pick<PlacementOptions, "startMs" | "signal">,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let giveUp = (): void => undefined;
  const given = new Promise<never>((_, reject) => {
    giveUp = () => reject(asHostError(signal?.reason));
    timer = setTimeout(
      () => reject(new HostError("actor.deadline", `The actor did not start within ${startMs} ms`)),
      startMs,
    );
  });
  signal?.addEventListener("abort", giveUp);
  try {
    return await Promise.race([work, given]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
