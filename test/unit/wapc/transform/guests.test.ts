import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { FUEL_EXPORT } from "../../../../src/wapc/fuel.ts";
import { prepareModule } from "../../../../src/wapc/index.ts";
import { testActor } from "../../../support/actors.ts";
import { Guest } from "../../actors/guest-harness.ts";
import { codeOf } from "./modules.ts";

const OPTIONS = { maxMemoryBytes: 16 * 1024 * 1024, fuel: true } as const;
const HARMFUL = new Set(["Spin", "Recurse", "Oversize", "HostCallOversize"]);

function start(bytes: Uint8Array<ArrayBuffer>): Guest {
  return new Guest(new WebAssembly.Module(bytes), () => encode({ value: 53 }));
}

/** What a guest does with an operation: its answer, or the text of its failure. */
function outcome(guest: Guest, operation: string, payload: Uint8Array): string {
  try {
    return Buffer.from(guest.call(operation, payload)).toString("hex");
  } catch (error) {
    return String(error);
  }
}

describe("a guest from a prepared module", () => {
  it.each(["echo", "kvcounter", "pinger", "ponger", "extras", "faulty", "bare"])(
    "behaves as before: %s",
    (name) => {
      const { bytes } = testActor(name);
      const before = start(bytes);
      const after = start(prepareModule(bytes, OPTIONS));
      const operations = [
        "HealthRequest",
        "HandleRequest",
        "Ping",
        "PingVia",
        "Count",
        "Modern",
        "Echo",
        "Fail",
        "Silent",
        "Log",
        "Nothing",
      ];
      for (const operation of operations.filter((entry) => !HARMFUL.has(entry))) {
        for (const value of [
          {},
          { value: 11, target: "x", text: "hello", count: 2 },
          { method: "GET", path: "/a/b", queryString: "", header: {}, body: [] },
        ]) {
          expect(outcome(after, operation, encode(value)), operation).toBe(
            outcome(before, operation, encode(value)),
          );
        }
      }
      expect(after.hostCalls).toEqual(before.hostCalls);
      expect(after.log).toEqual(before.log);
    },
  );

  it("stops spinning when its fuel is used up", () => {
    const { exports } = spinning();
    const fuel = exports[FUEL_EXPORT] as WebAssembly.Global;
    fuel.value = 10_000_000;
    expect(() => (exports["__guest_call"] as (...args: number[]) => number)(4, 0)).toThrow(
      WebAssembly.RuntimeError,
    );
    expect(fuel.value).toBe(0);
  });

  it("cannot grow beyond its limit", () => {
    const guest = start(
      prepareModule(testActor("faulty").bytes, { ...OPTIONS, maxMemoryBytes: 1024 * 1024 }),
    );
    guest.call("Grow", encode({ pages: 1_000 }));
    expect(guest.pages).toBe(16);
  });

  it("is refused where it starts with more than its limit", () => {
    expect(codeOf(() => prepareModule(testActor("echo").bytes, { ...OPTIONS, maxMemoryBytes: 0 }))).toBe(
      "module.memory_limit",
    );
  });
});

/** The guest `faulty`, about to be told to spin. */
function spinning(): WebAssembly.Instance {
  const operation = new TextEncoder().encode("Spin");
  const holder: { exports: WebAssembly.Exports } = { exports: {} };
  const memory = (): Uint8Array => new Uint8Array((holder.exports["memory"] as WebAssembly.Memory).buffer);
  const nothing = (): number => 0;
  const imports = {
    __guest_request: (at: number) => memory().set(operation, at),
    ...Object.fromEntries(
      [
        "__guest_response",
        "__guest_error",
        "__host_call",
        "__host_response_len",
        "__host_response",
        "__host_error_len",
        "__host_error",
        "__console_log",
      ].map((name) => [name, nothing]),
    ),
  };
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(prepareModule(testActor("faulty").bytes, OPTIONS)),
    { wapc: imports },
  );
  holder.exports = instance.exports;
  (instance.exports["wapc_init"] as () => void)();
  return instance;
}
