import {
  asyncifyModule,
  asyncifyStrategy,
  GuestInstance,
  type HostCallAnswer,
  type HostCallRequest,
  loadBinaryen,
  type PrepareOptions,
  prepareModule,
} from "../../../../src/wapc/index.ts";
import { testActor } from "../../../support/actors.ts";

/** Answers a host call of a test; gets the guest's memory as it is while the guest waits. */
export type Answer = (request: HostCallRequest, memory: WebAssembly.Memory) => Promise<HostCallAnswer>;

/** A started guest, and its memory. */
export interface SuspendableGuest {
  readonly guest: GuestInstance;
  readonly memory: WebAssembly.Memory;
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** A module made suspendable. */
export async function suspendable(
  bytes: Uint8Array<ArrayBuffer>,
  options: Partial<PrepareOptions> = {},
): Promise<WebAssembly.Module> {
  const prepared = prepareModule(bytes, { maxMemoryBytes: 64 * 1024 * 1024, fuel: false, ...options });
  return WebAssembly.compile(asyncifyModule(prepared, await loadBinaryen()));
}

/** A test actor made suspendable; made once. */
export function suspendableActor(name: string): Promise<WebAssembly.Module> {
  const module = modules.get(name) ?? suspendable(testActor(name).bytes);
  modules.set(name, module);
  return module;
}

/** Starts a guest whose host calls are answered after it was unwound. */
export async function startSuspendable(
  module: WebAssembly.Module,
  answer: Answer,
  fuel = false,
): Promise<SuspendableGuest> {
  const seen: { memory?: WebAssembly.Memory } = {};
  const memory = (): WebAssembly.Memory => {
    if (seen.memory === undefined) throw new Error("not attached yet");
    return seen.memory;
  };
  const strategy = asyncifyStrategy(async (request) => {
    // The guest is still on its stack here; once the microtask has run it is not.
    await Promise.resolve();
    return answer(request, memory());
  });
  const guest = await GuestInstance.start(module, {
    strategy: {
      ...strategy,
      attach: (exports) => {
        seen.memory = exports["memory"] as WebAssembly.Memory;
        strategy.attach?.(exports);
      },
    },
    log: () => undefined,
    fuel,
    maxPayloadBytes: 16 * 1024 * 1024,
    maxMemoryBytes: 64 * 1024 * 1024,
  });
  return { guest, memory: memory() };
}
