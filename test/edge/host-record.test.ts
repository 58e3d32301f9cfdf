import { expect, it } from "vitest";
import { type Configured, HostRecord } from "../../edge/object/host-record.ts";
import { type Host, type LinkDefinition, MEMORY_KEYVALUE_PROVIDER, MemoryStore } from "../../src/index.ts";
import { Logger, RingBufferSink } from "../../src/telemetry/index.ts";
import { testActor } from "../support/actors.ts";
import { startTestHost } from "../support/node-host.ts";

const nothing: Configured = { isActor: () => false, providers: new Set(), links: new Set() };
const started = { hash: "A", revision: 1 };

/** Writes down what happens on a host. */
function recordOf(
  host: Host,
  configured: Partial<Configured> = {},
): { record: HostRecord; log: RingBufferSink; store: MemoryStore } {
  const log = new RingBufferSink();
  const store = new MemoryStore();
  const record = new HostRecord(store, new Logger([log], "test"));
  record.follow(host, { ...nothing, ...configured }, new Map(), () => started);
  return { record, log, store };
}

function linkTo(actorId: string, linkName: string): LinkDefinition {
  const { id: providerId, contractId } = MEMORY_KEYVALUE_PROVIDER;
  return { actorId, providerId, contractId, linkName, values: {} };
}

it("what ended is written down only where the configuration asks for it", async () => {
  const { host } = await startTestHost();
  const { key, bytes } = testActor("kvcounter");
  const forgetful = recordOf(host);
  const mindful = recordOf(host, {
    isActor: () => true,
    links: new Set([`${key} wasmcloud%3Akeyvalue default`]),
  });
  await host.startActor(bytes);
  await host.setLink(linkTo(key, "default"));
  await host.setLink(linkTo(key, "other"));
  expect([...(await forgetful.record.links()).keys()]).toHaveLength(2);
  for (const name of ["default", "other"]) await host.removeLink(key, "wasmcloud:keyvalue", name);
  await host.stopActor(key);
  expect(await forgetful.store.list("")).toEqual([]);
  expect([...(await mindful.record.links()).values()]).toEqual([{ kind: "removed" }]);
  expect((await mindful.record.actors()).get(key)).toEqual({ kind: "stopped" });
});

it("an actor that is started again before the one before has ended is written down as started", async () => {
  const { host, events, call } = await startTestHost({ limits: { callDeadlineMs: 500 } });
  const { record } = recordOf(host, { isActor: () => true });
  const { key, bytes } = testActor("faulty");
  await host.startActor(bytes);
  const spinning = call(key, "Spin").catch(() => undefined);
  const stopping = host.stopActor(key);
  await host.startActor(bytes);
  await Promise.all([spinning, stopping]);
  const heard = events.map(({ type }) => type).filter((type) => /^actor_st/.test(type));
  expect(heard).toEqual(["actor_started", "actor_started", "actor_stopped"]);
  expect((await record.actors()).get(key)).toEqual({ kind: "started", ...started });
});

it("records are bounded, and the log tells of what is not written down", async () => {
  const { host } = await startTestHost();
  const { record, log } = recordOf(host);
  const { key } = testActor("kvcounter");
  for (let each = 0; each < 1_001; each++) await host.setLink(linkTo(key, `${each}`));
  expect((await record.links()).size).toBe(1_000);
  expect(log.records().map(({ message }) => message)).toEqual([
    "What happened could not be written down: there are 1000 records of this kind already",
  ]);
  await host.removeLink(key, "wasmcloud:keyvalue", "0");
  await host.setLink(linkTo(key, "1000"));
  expect((await record.links()).size).toBe(1_000);
});

it("a record that cannot be read is as good as none", async () => {
  const { host } = await startTestHost();
  const { record, store } = recordOf(host);
  await store.set("actor/MX", new TextEncoder().encode("{"));
  expect(await record.actors()).toEqual(new Map());
});
