import { describe, expect, test } from "vitest";
import { actorPayload } from "../../src/index.ts";
import {
  joinedHost,
  json,
  listen,
  type Member,
  nextEvent,
  rawClient,
  subjects,
} from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { type ChosenClaims, signed } from "../unit/actors/signing.ts";
import { newDescriptor, RecordingProvider } from "../unit/providers/recording-provider.ts";

const server = useNatsServer();
const EXTRAS = "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP";
const NOW = 1_620_000_000;
const HEARTBEAT = { heartbeatMs: 100 };

interface Published {
  readonly event: {
    readonly Heartbeat?: { readonly claims: unknown[]; readonly entities: Record<string, unknown> };
  };
  readonly header: unknown;
}

async function beatingHost(): Promise<Member & { beat(): Promise<Published>; line(): Promise<string> }> {
  const events = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
  const member = await joinedHost(server.current.webSocketUrl, {
    limits: HEARTBEAT,
    configure: (builder) => builder.withClock(() => NOW * 1_000 + 999),
  });
  // Those that were heard before something happened say nothing about it.
  const line = (): Promise<string> => {
    events.messages.length = 0;
    return nextEvent(events, member.host.id, "Heartbeat");
  };
  return { ...member, line, beat: async () => JSON.parse(await line()) as Published };
}

describe("heartbeats", () => {
  test("of an empty host name the extras, byte for byte", async () => {
    const { host, line } = await beatingHost();
    expect(await line()).toBe(
      `{"event":{"Heartbeat":{"claims":[],"entities":{"${EXTRAS}":"Running"}}},` +
        `"header":{"host_origin":"${host.id}","timestamp":${NOW}}}`,
    );
  });

  test("carry all claims that are known, in their JSON form, and the state of all that runs here", async () => {
    const { host, beat } = await beatingHost();
    const chosen: ChosenClaims = { capabilities: ["wasmcloud:httpserver"], callAlias: "echo", tags: ["a"] };
    const { bytes, key, claims } = await signed("echo", chosen);
    await host.startActor(bytes);
    const descriptor = await newDescriptor();
    const provider = new RecordingProvider();
    await host.startProvider({ descriptor, provider });
    provider.onCore = () => Promise.reject(new Error("ill"));
    await beat();
    const { event } = await beat();
    expect(event.Heartbeat?.claims).toEqual([JSON.parse(JSON.stringify(actorPayload(claims)))]);
    expect(event.Heartbeat?.entities).toEqual({
      [key]: "Running",
      [EXTRAS]: "Running",
      [descriptor.id]: { Unhealthy: "Failed to de-serialize health check response from target" },
    });
    await host.stopActor(key);
    await beat();
    const later = (await beat()).event.Heartbeat;
    expect(later?.claims).toHaveLength(1);
    expect(Object.keys(later?.entities ?? {})).not.toContain(key);
  });

  test("say of a target that gives no answer in time what the protocol says", async () => {
    const { host, beat } = await beatingHost();
    const descriptor = await newDescriptor();
    const provider = new RecordingProvider();
    provider.onCore = () => new Promise(() => undefined);
    await host.startProvider({ descriptor, provider });
    await beat();
    await beat();
    expect((await beat()).event.Heartbeat?.entities[descriptor.id]).toEqual({
      Unhealthy: "No successful health check response from target",
    });
  });
});

describe("events", () => {
  test("of providers are told as the protocol has them", async () => {
    const events = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    const { host } = await joinedHost(server.current.webSocketUrl);
    const descriptor = await newDescriptor("wasmcloud:keyvalue");
    await host.startProvider({ descriptor, provider: new RecordingProvider(), reference: "redis:1" });
    expect(await nextEvent(events, host.id, "ProviderStarted")).toContain(
      '{"event":{"ProviderStarted":{"contract_id":"wasmcloud:keyvalue","link_name":"default",' +
        `"provider_id":"${descriptor.id}","image_ref":"redis:1"}},`,
    );
    await host.stopProvider(descriptor.id, "default");
    expect(await nextEvent(events, host.id, "ProviderStopped")).toContain(
      '{"event":{"ProviderStopped":{"contract_id":"wasmcloud:keyvalue","link_name":"default",' +
        `"provider_id":"${descriptor.id}"}},`,
    );
  });

  test("that first-party clients do not know are not published", async () => {
    const events = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    const { host, start, call } = await joinedHost(server.current.webSocketUrl);
    const { key } = await start("echo");
    await call(key, "Echo", 1);
    await start("faulty-init").catch(() => undefined);
    await host.setLink({
      actorId: key,
      providerId: (await newDescriptor()).id,
      contractId: "wasmcloud:httpserver",
      linkName: "default",
      values: {},
    });
    await host.stop();
    await nextEvent(events, "", "HostStopped");
    const kinds = events.messages.map((data) => {
      const { event } = json(data) as { event: string | object };
      return typeof event === "string" ? event : Object.keys(event)[0];
    });
    expect(kinds).toEqual(["HostStarted", "ActorStarted", "HostStopped"]);
  });
});
