import { describe, expect, it } from "vitest";
import {
  type Host,
  HostBuilder,
  type HostEvent,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
} from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { useThreads } from "../actors/threads.ts";
import { RecordingProvider } from "../providers/recording-provider.ts";

const threads = useThreads();
const { bytes: echo, key: ECHO } = testActor("echo");
const NOTHING = new Uint8Array(0);
const LINK = {
  actorId: ECHO,
  providerId: MEMORY_KEYVALUE_PROVIDER.id,
  contractId: "wasmcloud:keyvalue",
  linkName: "default",
  values: {},
};

function newHost(): { readonly host: Host; readonly events: HostEvent[] } {
  const host = new HostBuilder().withActorRuntime(threads.current.runtime()).withLogSinks().build();
  const events: HostEvent[] = [];
  host.onEvent((event) => events.push(event));
  return { host, events };
}

/** Everything that needs a running host. */
const activities: [string, (host: Host) => unknown][] = [
  ["id", (host) => host.id],
  ["describe", (host) => host.describe()],
  ["startActor", (host) => host.startActor(echo)],
  ["startActorFrom", (host) => host.startActorFrom("http://127.0.0.1:1/a.wasm")],
  ["stopActor", (host) => host.stopActor(ECHO)],
  [
    "startProvider",
    (host) =>
      host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider: new MemoryKeyValueProvider() }),
  ],
  ["stopProvider", (host) => host.stopProvider(MEMORY_KEYVALUE_PROVIDER.id, "default")],
  ["setLink", (host) => host.setLink(LINK)],
  ["removeLink", (host) => host.removeLink(ECHO, "wasmcloud:keyvalue", "default")],
  ["callActor", (host) => host.callActor(ECHO, "Echo", NOTHING)],
  ["joinLattice", (host) => host.joinLattice({ servers: "ws://127.0.0.1:1" })],
  ["leaveLattice", (host) => host.leaveLattice()],
];

describe("before its start", () => {
  it.each(activities)("a host refuses %s with the text of the protocol", async (_name, act) => {
    const { host } = newHost();
    await expect((async () => act(host))()).rejects.toMatchObject({
      code: "host.not_started",
      message: "Activity cannot be performed, host has not been started",
    });
  });
});

describe("after its end", () => {
  it.each(activities)("a host refuses %s", async (_name, act) => {
    const { host } = newHost();
    await host.start();
    await host.stop();
    await expect((async () => act(host))()).rejects.toMatchObject({
      code: "host.stopped",
      hint: "Make a new one.",
    });
  });

  it("a host cannot be started again", async () => {
    const { host } = newHost();
    await host.start();
    await host.stop();
    await expect(host.start()).rejects.toMatchObject({ code: "host.stopped" });
  });
});

describe("starting", () => {
  it("gives the host a key of its own, and tells that it is started", async () => {
    const { host, events } = newHost();
    await host.start();
    expect(host.id).toMatch(/^N[A-Z2-7]{55}$/);
    expect(events.map(({ type }) => type)).toEqual(["provider_started", "host_started"]);
    await host.stop();
  });

  it("twice is fine, one after the other or at the same time", async () => {
    const { host, events } = newHost();
    await Promise.all([host.start(), host.start()]);
    const { id } = host;
    await host.start();
    expect(host.id).toBe(id);
    expect(events.filter(({ type }) => type === "host_started")).toHaveLength(1);
    await host.stop();
  });

  it("that is overtaken by the stop does not bring the host to life", async () => {
    const { host } = newHost();
    const started = host.start();
    await host.stop();
    await expect(started).rejects.toMatchObject({ code: "host.stopped" });
    expect(() => host.id).toThrow(expect.objectContaining({ code: "host.stopped" }));
  });
});

describe("stopping", () => {
  it("twice is fine, one after the other or at the same time, and before a start", async () => {
    const { host, events } = newHost();
    await host.start();
    await Promise.all([host.stop(), host.stop()]);
    await host.stop();
    expect(events.filter(({ type }) => type === "host_stopped")).toHaveLength(1);
    const { host: unstarted, events: none } = newHost();
    await unstarted.stop();
    await expect(unstarted.start()).rejects.toMatchObject({ code: "host.stopped" });
    expect(none).toEqual([]);
  });

  it("ends all threads and providers, and tells nothing afterwards", async () => {
    const { host, events } = newHost();
    await host.start();
    const provider = new RecordingProvider();
    await host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider });
    await host.startActor(echo);
    await host.startActor(testActor("kvcounter").bytes);
    await host.setLink({ ...LINK, actorId: testActor("kvcounter").key });
    await host.stop();
    await threads.current.atMost(0);
    expect(provider.links.map(([operation]) => operation)).toEqual(["BindActor", "RemoveActor"]);
    expect(provider.stops).toBe(1);
    expect(events.at(-1)?.type).toBe("host_stopped");
  });

  it("refuses the calls that are under way", async () => {
    const { host } = newHost();
    await host.start();
    const { key } = await host.startActor(testActor("faulty").bytes);
    const call = expect(host.callActor(key, "Spin", NOTHING)).rejects.toMatchObject({
      details: { reason: "actor.stopped" },
    });
    await host.stop();
    await call;
    await threads.current.atMost(0);
  });

  it("ends also actors that were stopped before and still serve a call", async () => {
    const { host } = newHost();
    await host.start();
    const { key } = await host.startActor(testActor("faulty").bytes);
    const call = expect(host.callActor(key, "Spin", NOTHING)).rejects.toMatchObject({
      details: { reason: "actor.stopped" },
    });
    const stopped = host.stopActor(key);
    await host.stop();
    await Promise.all([call, stopped]);
    await threads.current.atMost(0);
  });

  it("while an actor is being started leaves nothing running", async () => {
    const { host } = newHost();
    await host.start();
    const started = host.startActor(echo);
    started.catch(() => undefined);
    await host.stop();
    await expect(started).rejects.toMatchObject({ code: "host.stopped" });
    await threads.current.atMost(0);
  });

  it("leaves no timer that would keep the process alive", async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const { host } = newHost();
    await host.start();
    expect(timers()).toBeGreaterThan(before);
    await host.stop();
    expect(timers()).toBeLessThanOrEqual(before);
  });
});
