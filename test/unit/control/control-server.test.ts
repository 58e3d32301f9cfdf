import { describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { fakeControl, HOST } from "./fake-control.ts";

const start = `cmd.${HOST}.la`;
const stop = `cmd.${HOST}.sa`;
const command = (actor_ref: string) => ({ actor_ref, host_id: "whichever" });
const never = (): Promise<never> => new Promise(() => undefined);

describe("a control server", () => {
  it("listens to the subjects of its host and to no others", () => {
    expect(fakeControl().subjects.toSorted()).toEqual(
      ["get.hosts", "get.claims", "get.links", `get.${HOST}.inv`, start, stop]
        .map((subject) => `wasmbus.ctl.default.${subject}`)
        .toSorted(),
    );
  });

  it("answers queries, whatever they contain", async () => {
    const { ask, counters } = fakeControl();
    for (const data of ["", "{", "\u0000"])
      expect(await ask("get.hosts", data)).toEqual({ id: HOST, uptime: 12 });
    expect(await ask("get.claims")).toEqual({ claims: [] });
    expect(await ask("get.links")).toEqual({ links: [] });
    expect(await ask(`get.${HOST}.inv`)).toEqual({ host_id: HOST, labels: {}, actors: [], providers: [] });
    expect(counters.snapshot()).toEqual({ "control.received": 6 });
  });

  it("counts and logs what it cannot answer, and goes on", async () => {
    let fails = true;
    const inventory = () => {
      if (fails) throw new Error("in between");
      return { labels: {}, actors: [], providers: [] };
    };
    const { ask, counters, log } = fakeControl({ inventory });
    void ask(`get.${HOST}.inv`);
    await vi.waitFor(() => expect(counters.get("control.failed")).toBe(1));
    expect(log()).toMatchObject([
      { level: "warn", message: "A control message could not be answered: in between" },
    ]);
    fails = false;
    expect(await ask(`get.${HOST}.inv`)).toMatchObject({ host_id: HOST });
  });

  it("hears nothing once it is closed, twice being fine", async () => {
    const { server, ask } = fakeControl();
    await server.close();
    await server.close();
    expect(await ask("get.hosts")).toBeUndefined();
  });
});

describe("a start command", () => {
  it("is acknowledged before the work", async () => {
    const startActorFrom = vi.fn(never);
    const { ask } = fakeControl({ startActorFrom });
    expect(await ask(start, command("http://a"))).toEqual({
      host_id: HOST,
      actor_ref: "http://a",
      failure: null,
    });
    expect(startActorFrom.mock.calls).toEqual([["http://a"]]);
  });

  it("for what is being started is refused, until that start has ended", async () => {
    let end: () => void = () => undefined;
    const startActorFrom = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const { ask } = fakeControl({ startActorFrom });
    await ask(start, command("http://a"));
    const failure = "Actor with image ref 'http://a' is already running on this host";
    expect(await ask(start, command("http://a"))).toEqual({ host_id: HOST, actor_ref: "http://a", failure });
    expect(await ask(start, command("http://b"))).toMatchObject({ failure: null });
    expect(startActorFrom).toHaveBeenCalledTimes(2);
    const { ask: other } = fakeControl({ startActorFrom });
    await other(start, command("http://a"));
    end();
    await vi.waitFor(async () =>
      expect(await other(start, command("http://a"))).toMatchObject({ failure: null }),
    );
  });

  it("is refused while too many others are under way", async () => {
    const { ask } = fakeControl({ startActorFrom: () => new Promise<void>(() => undefined) });
    for (let number = 0; number < 32; number++) {
      expect(await ask(start, command(`http://${number}`))).toMatchObject({ failure: null });
    }
    expect(await ask(start, command("http://more"))).toEqual({
      host_id: HOST,
      actor_ref: "http://more",
      failure: "32 actors are being started on this host already",
    });
  });

  it("for what runs here is refused, by reference or key", async () => {
    const { ask } = fakeControl({
      resolveReference: (reference) => (reference === "http://a" ? "MA" : reference),
      isActorRunning: (key) => key === "MA",
    });
    for (const reference of ["http://a", "MA"]) {
      expect(await ask(start, command(reference))).toMatchObject({
        actor_ref: reference,
        failure: `Actor with image ref '${reference}' is already running on this host`,
      });
    }
  });

  it("whose work fails is seen in counters and log, and can be given again", async () => {
    const startActorFrom = () => Promise.reject(new HostError("module.fetch_failed", "not there"));
    const { ask, counters, log } = fakeControl({ startActorFrom });
    expect(await ask(start, command("http://a"))).toMatchObject({ failure: null });
    await vi.waitFor(() => expect(counters.get("control.start_failed")).toBe(1));
    expect(log()).toMatchObject([
      {
        level: "error",
        message: "Actor http://a was acknowledged but not started: not there",
        fields: { code: "module.fetch_failed", reference: "http://a" },
      },
    ]);
    expect(await ask(start, command("http://a"))).toMatchObject({ failure: null });
  });

  it.each(["", "{", "[]", '{"actor_ref":1,"host_id":""}'])(
    "that cannot be read is refused: %j",
    async (data) => {
      const { ask, counters } = fakeControl();
      expect(await ask(start, data)).toEqual({
        host_id: HOST,
        actor_ref: "",
        failure: expect.stringMatching(/^Bad StartActor command received: JSON deserialization failure: ./),
      });
      expect(counters.get("control.undecodable")).toBe(1);
    },
  );
});

describe("a stop command", () => {
  const running = { isActorRunning: (key: string) => key === "MA" };

  it("is acknowledged when the actor is stopped, by reference or key", async () => {
    const stopActor = vi.fn(async () => undefined);
    const { ask } = fakeControl({
      ...running,
      stopActor,
      resolveReference: (reference) => (reference === "http://a" ? "MA" : reference),
    });
    for (const reference of ["http://a", "MA"])
      expect(await ask(stop, command(reference))).toEqual({ failure: null });
    expect(stopActor.mock.calls).toEqual([["MA"], ["MA"]]);
  });

  it("is acknowledged in time though the actor still serves a call", async () => {
    const started = performance.now();
    expect(await fakeControl({ ...running, stopActor: never }).ask(stop, command("MA"))).toEqual({
      failure: null,
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("for what does not run is refused with the text of the protocol", async () => {
    expect(await fakeControl(running).ask(stop, command("MB"))).toEqual({
      failure: "Actor is either not running on this host or host controller unresponsive",
    });
  });

  it("that fails is refused with the text of the protocol", async () => {
    const stopActor = () => Promise.reject(new Error("stuck"));
    expect(await fakeControl({ ...running, stopActor }).ask(stop, command("MA"))).toEqual({
      failure: "Host controller did not acknowledge stop command",
    });
  });

  it.each(["", "{", "null", '{"host_id":"N"}'])("that cannot be read is refused: %j", async (data) => {
    const { ask, counters } = fakeControl();
    expect(await ask(stop, data)).toEqual({ failure: "Failed to deserialize stop actor command" });
    expect(counters.get("control.undecodable")).toBe(1);
  });
});

it("undecodable commands are all counted, and logged once for each kind", async () => {
  const { ask, counters, log } = fakeControl();
  for (let i = 0; i < 5; i++) await Promise.all([ask(start, "{"), ask(stop, "{")]);
  expect(counters.get("control.undecodable")).toBe(10);
  expect(log()).toHaveLength(2);
});
