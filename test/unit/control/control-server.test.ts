import { describe, expect, it, vi } from "vitest";
import { fakeControl, HOST } from "./fake-control.ts";
import { MemoryHost } from "./memory-host.ts";

describe("a control server", () => {
  it("listens to the subjects of its host and to no others", () => {
    expect(fakeControl().subjects.toSorted()).toEqual(
      [
        ...["get.hosts", "get.claims", "get.links", `get.${HOST}.inv`, "auction.actor", "auction.provider"],
        ...["la", "sa", "lp", "sp", "upd"].map((command) => `cmd.${HOST}.${command}`),
      ]
        .map((subject) => `wasmbus.ctl.default.${subject}`)
        .toSorted(),
    );
  });

  it("answers queries, whatever they contain", async () => {
    const host = new MemoryHost(HOST);
    host.uptime = 12;
    const { ask, counters } = fakeControl(host);
    for (const data of ["", "{", "\u0000"])
      expect(await ask("get.hosts", data)).toBe(`{"id":"${HOST}","uptime":12}`);
    expect(await ask("get.claims")).toBe('{"claims":[]}');
    expect(await ask("get.links")).toBe('{"links":[]}');
    expect(await ask(`get.${HOST}.inv`)).toBe(`{"host_id":"${HOST}","labels":{},"actors":[],"providers":[]}`);
    expect(counters.snapshot()).toEqual({ "control.received": 6 });
  });

  it("counts what it cannot answer, logs the first of each kind, and goes on", async () => {
    const fails = () => {
      throw new Error("in between");
    };
    const host = new MemoryHost(HOST);
    const { send, ask, counters, log } = fakeControl(host, { inventory: fails, knownLinks: fails });
    for (let i = 0; i < 3; i++) expect(await send(`get.${HOST}.inv`)).toBeUndefined();
    expect(await send("get.links")).toBeUndefined();
    expect(counters.get("control.failed")).toBe(4);
    expect(log()).toMatchObject([
      {
        level: "warn",
        message: expect.stringMatching(/^A message to \S+\.inv could not be answered: in between \(/),
      },
      { level: "warn", message: expect.stringContaining("get.links") },
    ]);
    host.inventory = () => ({ labels: {}, actors: [], providers: [] });
    expect(await ask(`get.${HOST}.inv`)).toContain(HOST);
  });

  it("logs undecodable messages once for each kind, and counts them all", async () => {
    const { send, counters, log } = fakeControl();
    const kinds = [...["la", "sa", "lp", "sp", "upd"].map((name) => `cmd.${HOST}.${name}`), "auction.actor"];
    for (let i = 0; i < 5; i++) for (const kind of [...kinds, "auction.provider"]) await send(kind, "{");
    expect(counters.get("control.undecodable")).toBe(35);
    expect(log().map(({ message }) => message.slice(0, message.indexOf(":")))).toEqual([
      ...["la", "sa", "lp", "sp", "upd"].map((name) => `Undecodable ${name} command`),
      "Undecodable actor auction",
      "Undecodable provider auction",
    ]);
  });

  it("waits for no more than 1,024 answers at one time", async () => {
    const host = new MemoryHost(HOST);
    host.actors.add("MA");
    const never = () => new Promise<void>(() => undefined);
    const { send, counters } = fakeControl(host, { stopActor: never });
    const stop = { actor_ref: "MA", host_id: "" };
    await Promise.all(Array.from({ length: 1_024 }, () => send(`cmd.${HOST}.sa`, stop)));
    expect(await send("get.hosts")).toBeUndefined();
    expect(counters.get("control.overloaded")).toBe(1);
    await vi.waitFor(async () => expect(await send("get.hosts")).toContain(HOST), { timeout: 3_000 });
  });

  it("hears nothing once it is closed, twice being fine", async () => {
    const { server, send } = fakeControl();
    await server.close();
    await server.close();
    expect(await send("get.hosts")).toBeUndefined();
  });
});
