import { describe, expect, test } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { StatusFeed } from "../../../src/lattice/status-feed.ts";
import { Counters, FaultLog } from "../../../src/telemetry/index.ts";

function observed() {
  const counters = new Counters();
  return { counters, faults: new FaultLog("lattice", undefined, counters) };
}

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
