import { messageOf } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategy } from "./host-call.ts";

/**
 * JavaScript promise integration: the engine switches stacks, so the worker stays free while the guest waits.
 *
 * @param call - answers a host call; a rejection reaches the guest as a failure.
 */
export function jspiStrategy(call: (request: HostCallRequest) => Promise<HostCallAnswer>): HostCallStrategy {
  const { Suspending, promising } = WebAssembly;
  if (Suspending === undefined || promising === undefined) throw new TypeError("no promise integration here");
  return {
    name: "jspi",
    importFor: (begin, finish) =>
      new Suspending(async (...args: number[]): Promise<number> => {
        // Arguments are read here, before the first await: the guest may reuse its buffers later.
        const request = begin(args);
        return finish(await call(request).catch(failure));
      }),
    exportFor: (fn) => promising(fn),
  };
}

/**
 * The worker blocks while the host works, so the call must be one that blocks.
 *
 * @param call - answers a host call before it returns.
 */
export function blockingStrategy(call: (request: HostCallRequest) => HostCallAnswer): HostCallStrategy {
  return {
    name: "shared-memory",
    importFor:
      (begin, finish) =>
      (...args: number[]) =>
        finish(call(begin(args))),
    exportFor: (fn) => fn,
  };
}

/** The text a guest gets where it cannot wait for an answer. */
export const NO_STRATEGY_MESSAGE: string =
  "Host calls are not available here: this browser has neither JavaScript promise integration nor shared memory. " +
  "Serve the page with the COOP and COEP headers, use a browser with promise integration, or allow Asyncify";

/** No way to wait: guests run, and each host call fails with {@link NO_STRATEGY_MESSAGE}. */
export function noStrategy(): HostCallStrategy {
  return {
    name: "none",
    importFor: (_begin, finish) => () => finish({ ok: false, message: NO_STRATEGY_MESSAGE }),
    exportFor: (fn) => fn,
  };
}

function failure(error: unknown): HostCallAnswer {
  return { ok: false, message: messageOf(error) };
}
