import { describe, expect, it, vi } from "vitest";
import { fakeControl, HOST } from "./fake-control.ts";
import { MemoryHost } from "./memory-host.ts";

const lp = `cmd.${HOST}.lp`;
const sp = `cmd.${HOST}.sp`;
const start = (provider_ref: string, link_name = "default") => ({ host_id: "", provider_ref, link_name });
const stop = (provider_ref: string, link_name = "default") => ({
  ...start(provider_ref, link_name),
  contract_id: "wasmcloud:keyvalue",
});
const ack = (reference: string, failure: string | null): string =>
  JSON.stringify({ host_id: HOST, provider_ref: reference, failure });
const stopAck = (failure: string | null): string => JSON.stringify({ failure });
const running = (reference: string): string =>
  `Provider with image ref '${reference}' is already running on this host.`;
const fails = (): never => {
  throw new Error("gone");
};

/** A host on which VA runs under `default`, and another can be fetched. */
function host(): MemoryHost {
  const made = new MemoryHost(HOST);
  made.providers.add("VA/default");
  made.catalogue.set("a:1", "VA").set("b:1", "VB");
  return made;
}

describe("a start command for a provider", () => {
  it("is acknowledged before the work, and carried out with the link name as given", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    expect(await ask(lp, start("b:1", ""))).toBe(ack("b:1", null));
    expect(one.done).toEqual([]);
    release();
    await vi.waitFor(() => expect(one.done).toEqual(["start b:1/"]));
  });

  it("for what runs here under that link name is refused, by reference or key", async () => {
    const one = host();
    const { ask } = fakeControl(one);
    await one.startProviderFrom("b:1", "x");
    for (const reference of ["b:1", "VB"]) {
      expect(await ask(lp, start(reference, "x"))).toBe(ack(reference, running(reference)));
    }
    expect(await ask(lp, start("b:1", "y"))).toBe(ack("b:1", null));
  });

  it("compares the link name as given: an empty one is not default", async () => {
    const one = host();
    const { ask, counters } = fakeControl(one);
    await one.startProviderFrom("a:1", "default").catch(() => undefined);
    expect(await ask(lp, start("a:1", "default"))).toBe(ack("a:1", running("a:1")));
    expect(await ask(lp, start("a:1", ""))).toBe(ack("a:1", null));
    await vi.waitFor(() => expect(counters.get("control.start_failed")).toBe(1));
  });

  it("for what is being started is refused, an empty link name being default here", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    await ask(lp, start("b:1", ""));
    for (const linkName of ["", "default"]) {
      expect(await ask(lp, start("b:1", linkName))).toBe(ack("b:1", running("b:1")));
    }
    expect(await ask(lp, start("b:1", "other"))).toBe(ack("b:1", null));
    expect(one.begun).toEqual(["start b:1/", "start b:1/other"]);
  });

  it("is refused while too much else is under way", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    for (let number = 0; number < 32; number++) await ask(lp, start("b:1", String(number)));
    const failure = "32 starts and updates are under way on this host already";
    expect(await ask(lp, start("b:1", "more"))).toBe(ack("b:1", failure));
  });

  it("whose work fails is seen in counters and log", async () => {
    const { ask, counters, log } = fakeControl(host());
    expect(await ask(lp, start("c:1"))).toBe(ack("c:1", null));
    await vi.waitFor(() => expect(counters.get("control.start_failed")).toBe(1));
    expect(log()).toMatchObject([
      {
        level: "error",
        message: "Provider c:1 was acknowledged but not started: There is no c:1",
        fields: { reference: "c:1" },
      },
    ]);
  });

  it("is refused where the host does not say what runs", async () => {
    const { ask } = fakeControl(host(), { isProviderRunning: fails });
    expect(await ask(lp, start("b:1"))).toBe(
      ack("b:1", "Failed to query host controller for running providers"),
    );
  });

  it.each(["", "{", "[]", '{"host_id":"","provider_ref":"b:1"}', '{"provider_ref":"b:1","link_name":"x"}'])(
    "that cannot be read is refused: %j",
    async (data) => {
      const { ask, counters } = fakeControl();
      expect(await ask(lp, data)).toMatch(
        new RegExp(
          `^\\{"host_id":"${HOST}","provider_ref":"",` +
            '"failure":"Bad StartProvider command received: JSON deserialization failure: .+"\\}$',
        ),
      );
      expect(counters.get("control.undecodable")).toBe(1);
    },
  );
});

describe("a stop command for a provider", () => {
  it("is acknowledged when the provider is stopped, by reference or key, whatever the contract", async () => {
    const one = host();
    const { ask } = fakeControl(one);
    for (const reference of ["b:1", "VB"]) {
      await one.startProviderFrom("b:1", "x");
      expect(await ask(sp, { ...stop(reference, "x"), contract_id: "another" })).toBe(stopAck(null));
      expect(one.done.pop()).toBe("stop VB/x");
    }
  });

  it("for what does not run under that link name is refused with the text of the protocol", async () => {
    const { ask } = fakeControl(host());
    expect(await ask(sp, stop("VA", "x"))).toBe(stopAck("Provider VA/x is not running on this host"));
    expect(await ask(sp, stop("VA", ""))).toBe(stopAck("Provider VA/ is not running on this host"));
    expect(await ask(sp, stop("b:1"))).toBe(stopAck("Provider b:1/default is not running on this host"));
  });

  it("is acknowledged though the provider is still at work", async () => {
    const one = host();
    one.hold();
    expect(await fakeControl(one).ask(sp, stop("VA"))).toBe(stopAck(null));
  });

  it("is refused where the host does not say what runs", async () => {
    const { ask } = fakeControl(host(), { isProviderRunning: fails });
    expect(await ask(sp, stop("VA"))).toBe(stopAck("Host controller unavailable"));
  });

  it.each([
    ["fails", fails],
    ["neither stops it nor says why", () => new Promise<void>(() => undefined)],
  ])("for which the host %s is refused with the text of the protocol", async (_how, stopProvider) => {
    const { ask } = fakeControl(host(), { stopProvider });
    expect(await ask(sp, stop("VA"))).toBe(stopAck("Host controller unavailable to stop provider"));
  });

  it("waits for a start that is under way, and stops what it started", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    await ask(lp, start("b:1"));
    const stopping = ask(sp, stop("b:1"));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await stopping).toBe(stopAck(null));
    expect(one.done).toEqual(["start b:1/default", "stop VB/default"]);
  });

  it("is refused if the start takes longer than clients wait", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    await ask(lp, start("b:1"));
    expect(await ask(sp, stop("b:1"))).toBe(stopAck("Provider b:1/default is not running on this host"));
  });

  it.each(["", "{", "null", JSON.stringify(start("VA"))])(
    "that cannot be read is refused: %j",
    async (data) => {
      const { ask, counters } = fakeControl(host());
      expect(await ask(sp, data)).toBe(stopAck("Failed to deserialize stop provider command"));
      expect(counters.get("control.undecodable")).toBe(1);
    },
  );
});
