import { afterEach, describe, expect, it, vi } from "vitest";
import {
  blockingStrategy,
  type HostCallAnswer,
  type HostCallRequest,
  jspiStrategy,
  noStrategy,
  probeJspi,
  probeSharedMemory,
} from "../../../src/wapc/index.ts";

const REQUEST: HostCallRequest = { binding: "b", namespace: "n", operation: "o", payload: new Uint8Array(0) };
const native = { ...WebAssembly } as Record<string, unknown>;

/** Gives WebAssembly the names of promise integration, or takes them away. */
function promiseIntegration(members: { Suspending?: unknown; promising?: unknown }): void {
  Object.assign(WebAssembly, { Suspending: undefined, promising: undefined, ...members });
}

afterEach(() => {
  vi.unstubAllGlobals();
  for (const name of ["Suspending", "promising"]) {
    if (name in native) Object.assign(WebAssembly, { [name]: native[name] });
    else Reflect.deleteProperty(WebAssembly, name);
  }
});

/** Keeps the function it is made with: the part of promise integration that can be looked at without an engine. */
class Suspending {
  readonly run: (...args: number[]) => Promise<number>;
  constructor(run: (...args: number[]) => Promise<number>) {
    this.run = run;
  }
}

describe("the strategy with promise integration", () => {
  const outcomes: HostCallAnswer[] = [];
  const finish = (answer: HostCallAnswer): number => outcomes.push(answer);
  afterEach(() => outcomes.splice(0));

  it("reads the arguments before it waits, and stores the answer afterwards", async () => {
    promiseIntegration({ Suspending, promising: (fn: unknown) => fn });
    const steps: unknown[] = [];
    const strategy = jspiStrategy(async (request) => {
      await Promise.resolve();
      steps.push(request);
      return { ok: true, payload: Uint8Array.of(1) };
    });
    const imported = strategy.importFor((args) => {
      steps.push(args);
      return REQUEST;
    }, finish) as Suspending;
    const waiting = imported.run(1, 2, 3);
    expect(steps).toEqual([[1, 2, 3]]);
    await waiting;
    expect(steps).toEqual([[1, 2, 3], REQUEST]);
    expect(outcomes).toEqual([{ ok: true, payload: Uint8Array.of(1) }]);
  });

  it("turns a rejected call into a failure with its text", async () => {
    promiseIntegration({ Suspending, promising: (fn: unknown) => fn });
    const strategy = jspiStrategy(() => Promise.reject(new Error("gone")));
    await (strategy.importFor(() => REQUEST, finish) as Suspending).run();
    expect(outcomes).toEqual([{ ok: false, message: "gone" }]);
  });

  it("cannot be made where the engine has none", () => {
    promiseIntegration({});
    expect(() => jspiStrategy(async () => ({ ok: false, message: "" }))).toThrow(TypeError);
  });
});

describe("the other strategies", () => {
  it("block, or fail", () => {
    const call = (request: HostCallRequest): HostCallAnswer => ({ ok: false, message: request.operation });
    const run = (strategy: ReturnType<typeof noStrategy>): unknown => {
      let outcome: unknown;
      const imported = strategy.importFor(
        () => REQUEST,
        (answer) => {
          outcome = answer;
          return 0;
        },
      ) as () => number;
      imported();
      return outcome;
    };
    expect(run(blockingStrategy(call))).toEqual({ ok: false, message: "o" });
    expect(run(noStrategy())).toMatchObject({ ok: false });
    expect([blockingStrategy(call).name, noStrategy().name]).toEqual(["shared-memory", "none"]);
  });

  it("call exported functions as they are", () => {
    const fn = (a = 0, b = 0): number => a + b;
    for (const strategy of [noStrategy(), blockingStrategy(() => ({ ok: false, message: "" }))]) {
      expect(strategy.exportFor(fn)(2, 3)).toBe(5);
    }
  });
});

describe("probing", () => {
  it("finds promise integration only where it works", async () => {
    promiseIntegration({});
    expect(await probeJspi()).toBe(false);
    promiseIntegration({ Suspending, promising: (fn: unknown) => fn });
    expect(await probeJspi()).toBe(false);
    promiseIntegration({ Suspending: () => () => 42, promising: () => async () => 41 });
    expect(await probeJspi()).toBe(false);
  });

  it("finds shared memory where a thread can block on it", () => {
    expect(probeSharedMemory()).toBe(true);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(probeSharedMemory()).toBe(false);
  });

  it("finds none where blocking is forbidden", () => {
    vi.stubGlobal("Atomics", {
      wait: () => {
        throw new TypeError("Atomics.wait cannot be called in this context");
      },
    });
    expect(probeSharedMemory()).toBe(false);
  });
});
