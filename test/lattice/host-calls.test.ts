import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, test, vi } from "vitest";
import {
  decodeInvocationResponse,
  type Entity,
  encodeInvocation,
  KeyPair,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
  signInvocation,
} from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { joinedHost, listen, type Member, rawClient, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { newDescriptor, RecordingProvider } from "../unit/providers/recording-provider.ts";

const server = useNatsServer();
const CONTRACT = "wasmcloud:keyvalue";

/** Two members of one lattice that know of each other's actors. */
async function twoHosts(): Promise<readonly [Member, Member]> {
  return [await joinedHost(server.current.webSocketUrl), await joinedHost(server.current.webSocketUrl)];
}

/** Resolves when a host has heard what others announced, and others know of what it serves. */
async function settled(
  { host, synced }: Member,
  fits: (links: readonly { state: string }[]) => boolean,
): Promise<void> {
  await vi.waitFor(async () => expect(fits((await host.describe()).links)).toBe(true));
  await synced();
}

const ping = (target: string) => ({ target, value: 1 });

describe("an actor", () => {
  test("calls an actor on another host by its key, and both hosts tell of the call", async () => {
    const [here, there] = await twoHosts();
    const pinger = await here.start("pinger");
    const ponger = await there.start("ponger");
    expect(decode(await here.call(pinger.key, "PingVia", ping(ponger.key)))).toEqual({ value: 43 });
    const call = (member: Member): unknown =>
      member.events.find((event) => event.type === "call" && event.call.operation === "Ping");
    const ends = { origin: { kind: "actor", id: pinger.key }, target: { kind: "actor", id: ponger.key } };
    expect(call(here)).toMatchObject({
      call: { route: "outbound", ...ends, requestBytes: 8, responseBytes: 8 },
    });
    expect(call(there)).toMatchObject({ call: { route: "inbound", ...ends } });
  });

  test("prefers the one beside it", async () => {
    const [here, there] = await twoHosts();
    const pinger = await here.start("pinger");
    const { key } = await there.start("ponger");
    await here.start("ponger");
    await here.call(pinger.key, "PingVia", ping(key));
    expect((await there.host.describe()).actors).toMatchObject([{ calls: 0 }]);
  });

  test("gets the text of a failure on another host as if it were here", async () => {
    const [here, there] = await twoHosts();
    const pinger = await here.start("pinger");
    const { key } = await there.start("faulty");
    await expect(here.call(pinger.key, "PingVia", ping(key))).rejects.toMatchObject({
      message: expect.stringMatching(
        /Host error: Failed to invoke actor: Guest call failure: No handler registered for function "Ping"$/,
      ),
    });
  });

  test("of nobody fails at once, not at a timeout", async () => {
    const here = await joinedHost(server.current.webSocketUrl);
    await expect(here.call(testActor("bare").key, "Ping")).rejects.toMatchObject({
      message: "Invocation failure: RPC error: no responders",
    });
  });

  test("on another host that hangs ends with the text of the protocol at the caller's timeout", async () => {
    const here = await joinedHost(server.current.webSocketUrl, { limits: { rpcTimeoutMs: 300 } });
    const there = await joinedHost(server.current.webSocketUrl, { limits: { callDeadlineMs: 1_000 } });
    const { key } = await there.start("faulty");
    await expect(here.call(key, "Spin")).rejects.toMatchObject({
      message: "Invocation failure: RPC call timed out",
      details: { reason: "lattice.timeout" },
    });
  });
});

describe("an actor here and its provider there", () => {
  test("count together: the provider's host binds, with the hidden values", async () => {
    const [here, there] = await twoHosts();
    const told = vi.spyOn(MemoryKeyValueProvider.prototype, "handleCall");
    const provider = new MemoryKeyValueProvider();
    await there.host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider });
    const { key, issuer } = await here.start("kvcounter");
    await here.host.setLink({
      actorId: key,
      providerId: MEMORY_KEYVALUE_PROVIDER.id,
      contractId: CONTRACT,
      linkName: "default",
      values: { URL: "x" },
    });
    await settled(there, ([link]) => link?.state === "bound");
    const counts = [];
    for (let i = 0; i < 3; i++) counts.push(decode(await here.call(key, "Count")));
    expect(counts).toEqual([{ counter: 1 }, { counter: 2 }, { counter: 3 }]);
    expect(told.mock.calls[0]?.slice(0, 2)).toEqual(["system", "BindActor"]);
    expect(decode(told.mock.calls[0]?.[2] ?? new Uint8Array(0))).toMatchObject({
      module: key,
      values: { URL: "x", __wasmcloud_issuer: issuer, __wasmcloud_name: "Key Value Counter" },
    });
    expect(told.mock.calls.slice(1).map(([origin, operation]) => [origin, operation])).toEqual([
      [key, "Add"],
      [key, "Add"],
      [key, "Add"],
    ]);
    told.mockRestore();
    expect((await here.host.describe()).links).toMatchObject([{ state: "waiting" }]);
    await here.host.removeLink(key, CONTRACT, "default");
    await settled(there, (links) => links.length === 0);
  });

  test("the provider calls the actor back over the lattice", async () => {
    const [here, there] = await twoHosts();
    const provider = new RecordingProvider();
    await there.host.startProvider({ descriptor: await newDescriptor(CONTRACT), provider });
    const { key } = await here.start("echo");
    expect(await provider.dispatcher?.dispatch(key, "Echo", Uint8Array.of(7))).toEqual(Uint8Array.of(7));
    await expect(provider.dispatcher?.dispatch(key, "None", new Uint8Array(0))).rejects.toThrow(
      'Invocation failure: Failed to invoke actor: Guest call failure: No handler registered for function "None"',
    );
  });

  test("the extras of a host are for its own actors alone", async () => {
    const [here] = await twoHosts();
    const [extras] = (await here.host.describe()).providers;
    const raw = await rawClient(server.current.webSocketUrl);
    await expect(raw.request(subjects.provider(extras?.id ?? "", "default"))).rejects.toMatchObject({
      code: "503",
    });
  });
});

describe("the same actor on two hosts", () => {
  test("shares the calls: each is answered exactly once", async () => {
    const hosts = await twoHosts();
    const { key } = testActor("echo");
    for (const { start } of hosts) await start("echo");
    const raw = await rawClient(server.current.webSocketUrl);
    const inbox = await listen(raw, "answers.*");
    const keys = await KeyPair.generate("server");
    const target: Entity = { kind: "actor", id: key };
    const origin: Entity = { kind: "actor", id: "system" };
    const count = 60;
    for (let i = 0; i < count; i++) {
      const call = await signInvocation({ origin, target, operation: "Echo", payload: encode(i) }, keys);
      raw.publish(subjects.actor(key), encodeInvocation(call), { reply: `answers.${i}` });
    }
    await vi.waitFor(() => expect(inbox.messages).toHaveLength(count), 5_000);
    const answers = inbox.messages.map((data) => decode(decodeInvocationResponse(data).payload));
    expect(answers.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
    const calls = await Promise.all(
      hosts.map(async ({ host }) => (await host.describe()).actors[0]?.calls ?? 0),
    );
    expect(calls.reduce((sum, each) => sum + each)).toBe(count);
    expect(Math.min(...calls)).toBeGreaterThan(0);
  });

  test("is still there when one of them stops it", async () => {
    const [one, two] = await twoHosts();
    const { key } = await one.start("echo");
    await two.start("echo");
    await one.host.stopActor(key);
    for (let i = 0; i < 5; i++) expect(decode(await one.call(key, "Echo", i))).toBe(i);
    expect((await two.host.describe()).actors).toMatchObject([{ calls: 5 }]);
  });
});
