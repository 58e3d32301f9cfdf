import { describe, expect, test } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { Counters, FaultLog, Logger, RingBufferSink } from "../../../src/telemetry/index.ts";

function observed() {
  const sink = new RingBufferSink();
  const counters = new Counters();
  return { sink, counters, faults: new FaultLog("lattice", new Logger([sink]), counters) };
}

describe("the fault log", () => {
  test("counts every fault and logs the first of each kind and code", () => {
    const { sink, counters, faults } = observed();
    for (let i = 0; i < 10; i++)
      faults.report("rpc_refused", new HostError("lattice.stale", `stale ${i}`), { subject: "s" });
    faults.report("rpc_refused", new HostError("lattice.replayed", "repeated"));
    faults.report("rpc_undecodable", new HostError("lattice.stale", "other kind"));
    expect(counters.snapshot()).toEqual({ "lattice.rpc_refused": 11, "lattice.rpc_undecodable": 1 });
    expect(sink.records().map((record) => record.message.split(" (")[0])).toEqual([
      "stale 0",
      "repeated",
      "other kind",
    ]);
    expect(sink.records()[0]).toMatchObject({
      level: "warn",
      fields: { code: "lattice.stale", subject: "s" },
    });
  });

  test("logs the first of each kind and of what went wrong, where that is said", () => {
    const { sink, faults } = observed();
    for (const what of ["Bad start", "Bad start", "Bad stop"]) {
      faults.report("undecodable", new HostError("lattice.stale", "no"), { what });
    }
    expect(sink.records().map((record) => record.message.split(" (")[0])).toEqual([
      "Bad start: no",
      "Bad stop: no",
    ]);
  });

  test("needs neither log nor counters", () => {
    new FaultLog("lattice", undefined, undefined).report("any", new Error("x"));
  });
});
