import type { VerifiedModule } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import { type HostCallStrategyName, inspectModule, prepareModule } from "../wapc/index.ts";
import type { CompiledActorModule, PreparationOptions } from "./actor-runtime.ts";

/** What a preparation needs to know about its environment. */
export interface PreparationEnvironment extends PreparationOptions {
  /** Tells how guests that call out will wait; asked only for one that does. */
  readonly hostCalls: () => Promise<HostCallStrategyName>;
  /** Rewrites a module so that its guests can be unwound; needed where `hostCalls` is `asyncify`. */
  readonly asyncify?: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/**
 * From verified bytes to a module that can be instantiated: custom sections dropped, memory limited, fuel counters
 * where a worker is shared, host calls made suspendable where nothing else does it, compiled. DESIGN section 6.
 *
 * @throws HostError `module.…`.
 */
export async function prepareActorModule(
  { bytes }: VerifiedModule,
  environment: PreparationEnvironment,
): Promise<CompiledActorModule> {
  const { maxMemoryBytes, asyncify } = environment;
  if (bytes === undefined) {
    throw new HostError("internal", "This runtime compiles modules itself and was given none to compile");
  }
  const limited = prepareModule(bytes, { maxMemoryBytes, fuel: false });
  const plain = await compile(limited);
  const hostCalls = inspectModule(plain).callsHost ? await environment.hostCalls() : "none";
  // A guest that blocks its worker while it waits would block its neighbours.
  const placement = hostCalls === "shared-memory" ? "isolated" : environment.placement;
  const module = { hostCalls, placement, maxMemoryBytes };
  const suspendable = hostCalls === "asyncify" && asyncify !== undefined;
  if (placement === "isolated" && !suspendable) return { ...module, compiled: plain };
  const fuelled = placement === "pooled" ? prepareModule(bytes, { maxMemoryBytes, fuel: true }) : limited;
  return { ...module, compiled: await compile(suspendable ? await asyncify(fuelled) : fuelled) };
}

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw new HostError("module.compile_failed", `The module is not valid WebAssembly: ${messageOf(error)}`, {
      hint: "Build it again; an engine that lacks a feature it uses says so in this text.",
      cause: error,
    });
  }
}
