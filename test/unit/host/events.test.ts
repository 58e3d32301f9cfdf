import { describe, expect, it } from "vitest";
import { EventBus } from "../../../src/host/event-bus.ts";
import { type HostEvent, Logger, RingBufferSink } from "../../../src/index.ts";
import { startTestHost } from "../../support/node-host.ts";

function bus(): { readonly events: EventBus; readonly log: RingBufferSink } {
  const log = new RingBufferSink();
  return { events: new EventBus(new Logger([log]), () => 42), log };
}

describe("events", () => {
  it("reach every listener with the time, until it listens no more", () => {
    const { events } = bus();
    const [one, two]: [HostEvent[], HostEvent[]] = [[], []];
    const end = events.listen((event) => one.push(event));
    events.listen((event) => two.push(event));
    events.emit({ type: "host_started" });
    end();
    end();
    events.emit({ type: "host_stopped" });
    expect(one).toEqual([{ type: "host_started", time: 42 }]);
    expect(two.map(({ type }) => type)).toEqual(["host_started", "host_stopped"]);
    events.clear();
    events.emit({ type: "host_started" });
    expect(two).toHaveLength(2);
  });

  it("reach the others if one listener fails", () => {
    const { events, log } = bus();
    const heard: HostEvent[] = [];
    events.listen(() => {
      throw new Error("careless");
    });
    events.listen((event) => heard.push(event));
    events.emit({ type: "host_started" });
    expect(heard).toHaveLength(1);
    expect(log.records()).toMatchObject([
      { level: "error", message: "A listener failed on host_started: careless" },
    ]);
  });

  it("of a host tell its story in order", async () => {
    const { host, events, start, call } = await startTestHost();
    const { key } = await start("echo");
    await call(key, "Echo", 1);
    await call(key, "None").catch(() => undefined);
    await host.stopActor(key);
    await host.stop();
    expect(events.map(({ type }) => type)).toEqual([
      "provider_started",
      "host_started",
      "actor_started",
      "call",
      "call",
      "actor_stopped",
      "host_stopped",
    ]);
    expect(events[3]).toMatchObject({
      call: {
        route: "local",
        origin: { kind: "actor", id: "system" },
        target: { kind: "actor", id: key },
        operation: "Echo",
        requestBytes: 1,
        responseBytes: 1,
      },
    });
    expect(events[4]).toMatchObject({ call: { operation: "None", error: { code: "guest.failure" } } });
  });
});
