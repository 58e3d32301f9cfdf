import { describe, expect, test } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { FaultLog } from "../../../src/lattice/fault-log.ts";
import { StatusFeed } from "../../../src/lattice/status-feed.ts";
import { Counters, Logger, RingBufferSink } from "../../../src/telemetry/index.ts";

function observed() {
  const sink = new RingBufferSink();
  const counters = new Counters();
  return { sink, counters, faults: new FaultLog(new Logger([sink]), counters) };
}

describe("the fault log", () => {
  test("counts every fault and logs the first of each kind and code", () => {
    const { sink, counters, faults } = observed();
    for (let i = 0; i < 10; i++)
      faults.report("rpc_refused", new HostError("lattice.stale", `stale ${i}`), "s");
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

  test("needs neither log nor counters", () => {
    new FaultLog(undefined, undefined).report("any", new Error("x"));
  });
});

describe("the status feed", () => {
  test("tells every listener until it stops listening, though another one throws", () => {
    const { counters, faults } = observed();
    const feed = new StatusFeed(faults);
    const heard: string[] = [];
    feed.listen(() => {
      throw new Error("bad listener");
    });
    const stop = feed.listen((status) => heard.push(status.type));
    feed.tell({ type: "disconnected", server: "s" });
    feed.tell({ type: "error", error: new HostError("lattice.forbidden", "no") });
    expect(feed.state).toBe("disconnected");
    stop();
    feed.tell({ type: "connected", server: "s" });
    expect(heard).toEqual(["disconnected", "error"]);
    expect(counters.get("lattice.listener_failed")).toBe(3);
  });

  test("tells nothing after closed", () => {
    const feed = new StatusFeed(observed().faults);
    const heard: string[] = [];
    feed.listen((status) => heard.push(status.type));
    feed.tell({ type: "closed" });
    feed.tell({ type: "closed" });
    feed.tell({ type: "connected", server: "s" });
    expect([feed.state, heard]).toEqual(["closed", ["closed"]]);
  });
});
