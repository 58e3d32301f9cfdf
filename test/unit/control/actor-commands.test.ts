import { describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { fakeControl, HOST } from "./fake-control.ts";
import { MemoryHost } from "./memory-host.ts";

const la = `cmd.${HOST}.la`;
const sa = `cmd.${HOST}.sa`;
const upd = `cmd.${HOST}.upd`;
const command = (actor_ref: string) => ({ actor_ref, host_id: "whichever" });
const update = (actor_id: string, new_actor_ref: string) => ({ host_id: "", actor_id, new_actor_ref });
const ack = (reference: string, failure: string | null): string =>
  JSON.stringify({ host_id: HOST, actor_ref: reference, failure });
const stopAck = (failure: string | null): string => JSON.stringify({ failure });
const running = (reference: string): string =>
  `Actor with image ref '${reference}' is already running on this host`;
const never = (): Promise<never> => new Promise(() => undefined);
const fails = (): never => {
  throw new Error("gone");
};
const NOT_RUNNING = "Actor is either not running on this host or host controller unresponsive";
const NOT_STOPPED = "Host controller did not acknowledge stop command";

/** A host on which MA runs, with newer and other modules to fetch. */
function host(): MemoryHost {
  const made = new MemoryHost(HOST);
  made.actors.add("MA");
  made.catalogue.set("a:1", "MA").set("a:2", "MA").set("b:1", "MB");
  return made;
}

describe("a start command", () => {
  it("is acknowledged before the work, and carried out", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    expect(await ask(la, command("b:1"))).toBe(ack("b:1", null));
    expect(one.begun).toEqual(["start b:1"]);
    expect(one.done).toEqual([]);
    release();
    await vi.waitFor(() => expect(one.done).toEqual(["start b:1"]));
  });

  it("for what is being started is refused, until that start has ended", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    await ask(la, command("b:1"));
    expect(await ask(la, command("b:1"))).toBe(ack("b:1", running("b:1")));
    expect(await ask(la, command("c:1"))).toBe(ack("c:1", null));
    expect(one.begun).toEqual(["start b:1", "start c:1"]);
    release();
    await vi.waitFor(() => expect(one.done).toEqual(["start b:1"]));
    one.actors.delete("MB");
    await vi.waitFor(async () => expect(await ask(la, command("b:1"))).toBe(ack("b:1", null)));
  });

  it("for what is being started under another reference that is known to mean it is refused", async () => {
    const one = host();
    one.catalogue.set("b:2", "MB");
    await one.startActorFrom("b:1");
    await one.startActorFrom("b:2").catch(() => undefined);
    one.actors.clear();
    one.hold();
    const { ask } = fakeControl(one);
    expect(await ask(la, command("b:1"))).toBe(ack("b:1", null));
    for (const same of ["b:2", "MB"]) expect(await ask(la, command(same))).toBe(ack(same, running(same)));
  });

  it("is refused while too much else is under way", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    for (let number = 0; number < 31; number++) {
      expect(await ask(la, command(`r:${number}`))).toBe(ack(`r:${number}`, null));
    }
    expect(await ask(upd, update("MA", "a:2"))).toBe('{"accepted":true}');
    expect(await ask(la, command("more:1"))).toBe(
      ack("more:1", "32 starts and updates are under way on this host already"),
    );
  });

  it("for what runs here is refused, by reference or key", async () => {
    const one = host();
    await one.startActorFrom("a:1").catch(() => undefined);
    const { ask } = fakeControl(one);
    for (const reference of ["a:1", "MA"]) {
      expect(await ask(la, command(reference))).toBe(ack(reference, running(reference)));
    }
    // No host has started this one, so nobody knows that it is the same actor.
    expect(await ask(la, command("a:2"))).toBe(ack("a:2", null));
  });

  it("whose work fails is seen in counters and log, and can be given again", async () => {
    const startActorFrom = () => Promise.reject(new HostError("module.fetch_failed", "not there"));
    const { ask, counters, log } = fakeControl(host(), { startActorFrom });
    expect(await ask(la, command("http://a"))).toBe(ack("http://a", null));
    await vi.waitFor(() => expect(counters.get("control.start_failed")).toBe(1));
    expect(log()).toMatchObject([
      {
        level: "error",
        message: "Actor http://a was acknowledged but not started: not there",
        fields: { code: "module.fetch_failed", reference: "http://a" },
      },
    ]);
    expect(await ask(la, command("http://a"))).toBe(ack("http://a", null));
  });

  it("is refused where the host does not say what runs", async () => {
    const { ask } = fakeControl(host(), { isActorRunning: fails });
    expect(await ask(la, command("b:1"))).toBe(
      ack("b:1", "Failed to query host controller for running actor"),
    );
  });

  it.each(["", "{", "[]", '{"actor_ref":1,"host_id":""}'])(
    "that cannot be read is refused: %j",
    async (data) => {
      const { ask, counters } = fakeControl();
      expect(await ask(la, data)).toMatch(
        new RegExp(
          `^\\{"host_id":"${HOST}","actor_ref":"",` +
            '"failure":"Bad StartActor command received: JSON deserialization failure: .+"\\}$',
        ),
      );
      expect(counters.get("control.undecodable")).toBe(1);
    },
  );
});

describe("a stop command", () => {
  it("is acknowledged when the actor is stopped, by reference or key", async () => {
    const one = host();
    const { ask } = fakeControl(one);
    for (const reference of ["b:1", "MB"]) {
      await one.startActorFrom("b:1");
      expect(await ask(sa, command(reference))).toBe(stopAck(null));
      expect(one.done.pop()).toBe("stop MB");
    }
  });

  it("is acknowledged though the actor still serves a call", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    expect(await ask(sa, command("MA"))).toBe(stopAck(null));
    expect(one.begun).toEqual(["stop MA"]);
  });

  it("is refused if the host neither stops the actor nor says why", async () => {
    expect(await fakeControl(host(), { stopActor: never }).ask(sa, command("MA"))).toBe(stopAck(NOT_STOPPED));
  });

  it("for what does not run is refused with the text of the protocol", async () => {
    expect(await fakeControl(host()).ask(sa, command("MB"))).toBe(stopAck(NOT_RUNNING));
    expect(await fakeControl(host(), { isActorRunning: fails }).ask(sa, command("MA"))).toBe(
      stopAck(NOT_RUNNING),
    );
  });

  it.each([["throws", fails] as const, ["rejects", async () => fails()] as const])(
    "for which the host %s is refused with the text of the protocol",
    async (_how, stopActor) => {
      const { ask, counters } = fakeControl(host(), { stopActor });
      expect(await ask(sa, command("MA"))).toBe(stopAck(NOT_STOPPED));
      expect(counters.get("control.stop_failed")).toBe(1);
    },
  );

  it("that fails after it was acknowledged is seen in counters and log", async () => {
    const one = host();
    let fail: (error: Error) => void = () => undefined;
    const stopActor = (key: string) => {
      one.actors.delete(key);
      return new Promise<void>((_resolve, reject) => {
        fail = reject;
      });
    };
    const { ask, counters, log } = fakeControl(one, { stopActor });
    expect(await ask(sa, command("MA"))).toBe(stopAck(null));
    expect(counters.get("control.stop_failed")).toBe(0);
    fail(new Error("stuck"));
    await vi.waitFor(() => expect(counters.get("control.stop_failed")).toBe(1));
    expect(log()).toMatchObject([
      { level: "error", message: "Actor MA was not stopped though that was acknowledged: stuck" },
    ]);
  });

  it("waits for a start that is under way, and stops what it started", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    await ask(la, command("b:1"));
    const stopping = ask(sa, command("b:1"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.begun).toEqual(["start b:1"]);
    release();
    expect(await stopping).toBe(stopAck(null));
    expect(one.done).toEqual(["start b:1", "stop MB"]);
    expect([...one.actors]).toEqual(["MA"]);
  });

  it("is refused if the start takes longer than clients wait", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    await ask(la, command("b:1"));
    expect(await ask(sa, command("b:1"))).toBe(stopAck(NOT_RUNNING));
    expect(one.begun).toEqual(["start b:1"]);
    release();
    await vi.waitFor(() => expect(one.actors).toContain("MB"));
  });

  it("is carried out while the start still does its last, the actor running already", async () => {
    const one = host();
    const startActorFrom = (): Promise<never> => {
      one.actors.add("MB");
      return never();
    };
    const { ask } = fakeControl(one, { startActorFrom });
    await ask(la, command("b:1"));
    expect(await ask(sa, command("MB"))).toBe(stopAck(null));
  });

  it.each(["", "{", "null", '{"host_id":"N"}', '{"actor_ref":"MA"}'])(
    "that cannot be read is refused: %j",
    async (data) => {
      const { ask, counters } = fakeControl();
      expect(await ask(sa, data)).toBe(stopAck("Failed to deserialize stop actor command"));
      expect(counters.get("control.undecodable")).toBe(1);
    },
  );
});

describe("an update command", () => {
  it("is accepted before the work, and carried out", async () => {
    const one = host();
    const release = one.hold();
    const { ask } = fakeControl(one);
    expect(await ask(upd, update("MA", "a:2"))).toBe('{"accepted":true}');
    expect(one.done).toEqual([]);
    release();
    await vi.waitFor(() => expect(one.done).toEqual(["update MA a:2"]));
  });

  it("is passed on as it is, whatever the reference", async () => {
    const one = host();
    expect(await fakeControl(one).ask(upd, update("MA", "a:latest"))).toBe('{"accepted":true}');
    expect(one.begun).toEqual(["update MA a:latest"]);
  });

  it("names the actor by its key only", async () => {
    const one = host();
    await one.startActorFrom("b:1");
    const { ask } = fakeControl(one);
    expect(await ask(upd, update("b:1", "b:2"))).toBe('{"accepted":false}');
    expect(await ask(upd, update("MB", "b:2"))).toBe('{"accepted":true}');
  });

  it("for what does not run, or of a host that does not say what runs, is not accepted", async () => {
    expect(await fakeControl(host()).ask(upd, update("MB", "b:2"))).toBe('{"accepted":false}');
    const { ask } = fakeControl(host(), { isActorRunning: fails });
    expect(await ask(upd, update("MA", "a:2"))).toBe('{"accepted":false}');
  });

  it("that the host refuses is seen in counters and log", async () => {
    const { ask, counters, log } = fakeControl(host());
    expect(await ask(upd, update("MA", "a:9"))).toBe('{"accepted":true}');
    await vi.waitFor(() => expect(counters.get("control.update_failed")).toBe(1));
    expect(log()).toMatchObject([
      {
        level: "error",
        message: "The update of actor MA was acknowledged but not carried out: There is no a:9",
        fields: { reference: "a:9" },
      },
    ]);
  });

  it("does not overlap with another update, a start or a stop of the actor", async () => {
    const one = host();
    const release = one.hold();
    const { ask, send } = fakeControl(one);
    await ask(upd, update("MA", "a:2"));
    expect(await ask(upd, update("MA", "a:3"))).toBe('{"accepted":false}');
    for (const same of ["MA", "a:2"]) expect(await ask(la, command(same))).toBe(ack(same, running(same)));
    expect(await ask(sa, command("MA"))).toBe(stopAck(NOT_STOPPED));
    expect(one.begun).toEqual(["update MA a:2"]);
    const stopping = ask(sa, command("MA"));
    expect(await send("get.hosts")).toContain(HOST);
    release();
    expect(await stopping).toBe(stopAck(null));
    expect(one.done).toEqual(["update MA a:2", "stop MA"]);
  });

  it("is not accepted while the actor is being started", async () => {
    const one = host();
    one.hold();
    const { ask } = fakeControl(one);
    await ask(la, command("b:1"));
    expect(await ask(upd, update("MB", "b:2"))).toBe('{"accepted":false}');
    expect(one.begun).toEqual(["start b:1"]);
  });

  it.each(["", "{", "[]", '{"host_id":"","actor_id":"MA"}', '{"actor_id":"MA","new_actor_ref":"a:2"}'])(
    "that cannot be read gets no reply at all: %j",
    async (data) => {
      const { send, counters } = fakeControl(host());
      expect(await send(upd, data)).toBeUndefined();
      expect(counters.snapshot()).toEqual({ "control.received": 1, "control.undecodable": 1 });
    },
  );
});
