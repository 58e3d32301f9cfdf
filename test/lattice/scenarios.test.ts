import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it, vi } from "vitest";
import {
  CACHE_EVENTS_SUBJECT,
  encodeCacheEventWrapper,
  linkHash,
  MEMORY_KEYVALUE_PROVIDER,
} from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { joinedHost, type Member, rawClient } from "../support/lattice-host.ts";
import { controlClient, linkState, running, type Scene, sceneOf } from "../support/lattice-scene.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import { revisionsOf } from "../support/revisions.ts";

const nats = useNatsServer();
const modules = useModuleServer();
const KEYVALUE = "weblattice:keyvalue-memory";
const CONTRACT = "wasmcloud:keyvalue";
const counter = testActor("kvcounter").key;
const echo = testActor("echo").key;
const link = {
  actorId: counter,
  providerId: MEMORY_KEYVALUE_PROVIDER.id,
  contractId: CONTRACT,
  linkName: "default",
  values: { COLOUR: "blue" },
};

function scene(...options: Parameters<typeof sceneOf> extends [string, ...infer Rest] ? Rest : never) {
  return sceneOf(nats.current.webSocketUrl, ...options);
}

/** The hosts of a scene by place; a test that names too many fails here. */
function at({ hosts }: Scene, place: number): Member {
  const host = hosts[place];
  if (host === undefined) throw new Error(`There is no host ${place}`);
  return host;
}

async function count({ client }: Scene): Promise<unknown> {
  return decode(await client.callActor(counter, "Count", new Uint8Array(0)));
}

describe("hosts of one lattice", () => {
  it("bind a link that a third host set, and use it from a second", async () => {
    const all = await scene(3);
    await at(all, 0).host.startActor(testActor("kvcounter").bytes);
    await at(all, 1).host.startProviderFrom(KEYVALUE);
    await at(all, 2).host.setLink(link);
    await linkState(at(all, 1), link, "bound");
    await linkState(at(all, 0), link, "waiting");
    expect(await count(all)).toEqual({ counter: 1 });
  });

  it("bind a link that is older than actor and provider", async () => {
    const all = await scene(3);
    await all.client.advertiseLink(link);
    for (const host of all.hosts) await linkState(host, link, "waiting");
    await all.client.startProvider(at(all, 1).host.id, KEYVALUE, "default");
    await all.client.startActor(at(all, 0).host.id, modules.actor("kvcounter"));
    await linkState(at(all, 1), link, "bound");
    await running(at(all, 0), counter);
    await at(all, 0).synced();
    expect(await count(all)).toEqual({ counter: 1 });
  });

  it("share the calls of one actor among three hosts, each call once", async () => {
    const all = await scene(3);
    for (const { host } of all.hosts) await host.startActor(testActor("echo").bytes);
    for (const host of all.hosts) await host.synced();
    const calls = Array.from({ length: 90 }, (_, index) => all.client.callActor(echo, "Echo", encode(index)));
    expect((await Promise.all(calls)).map((reply) => decode(reply))).toEqual(calls.map((_, index) => index));
    const served = await Promise.all(
      all.hosts.map(async ({ host }) => (await host.describe()).actors[0]?.calls ?? 0),
    );
    expect(served.reduce((sum, calls) => sum + calls, 0)).toBe(90);
    expect(Math.min(...served)).toBeGreaterThan(0);
  });

  it("unlink across the lattice: the provider forgets the actor, and its calls fail", async () => {
    const all = await scene(3);
    await at(all, 0).host.startActor(testActor("kvcounter").bytes);
    await at(all, 1).host.startProviderFrom(KEYVALUE);
    await at(all, 2).host.setLink(link);
    await linkState(at(all, 1), link, "bound");
    expect(await count(all)).toEqual({ counter: 1 });
    await all.client.removeLink(counter, CONTRACT, "default");
    for (const host of all.hosts) await linkState(host, link, undefined);
    await vi.waitFor(async () => {
      const { providers } = await at(all, 1).host.describe();
      expect(providers.find(({ id }) => id === link.providerId)?.boundActors).toEqual([]);
    });
    await expect(count(all)).rejects.toMatchObject({
      message: expect.stringContaining(
        `The target ${CONTRACT} was not found as an actor public key, an actor call alias, or as the contract ID in an existing link from source actor ${counter}`,
      ),
    });
  });

  it("know an actor by both references after a live update", async () => {
    const all = await scene(2);
    const actor = await revisionsOf("bare");
    const [one, two] = [await actor.sign(1), await actor.sign(2)];
    modules.route("/one.wasm", (_, response) => response.end(one));
    modules.route("/two.wasm", (_, response) => response.end(two));
    const references = [`${modules.origin}/one.wasm`, `${modules.origin}/two.wasm`] as const;
    const { id } = at(all, 0).host;
    const revisions: number[] = [];
    all.client.onEvent((event) => {
      if (event.type === "actor_update_completed") revisions.push(event.newRevision);
    });
    await all.client.startActor(id, references[0]);
    await running(at(all, 0), actor.key);
    await all.client.updateActor(id, actor.key, references[1]);
    await vi.waitFor(() => expect(revisions).toEqual([2]));
    for (const reference of references) {
      await expect(all.client.startActor(id, reference)).rejects.toMatchObject({
        code: "control.refused",
        message: expect.stringContaining("is already running on this host"),
      });
    }
    const inventory = await all.client.getHostInventory(id);
    expect(inventory.actors).toEqual([
      { id: actor.key, name: "bare", revision: 2, reference: references[1] },
    ]);
    await all.client.stopActor(id, references[0]);
    await running(at(all, 0), actor.key, false);
  });

  it("bid for actors and providers where their labels fit and they do not run already", async () => {
    const all = await scene(3, (builder, index) =>
      builder.withLabel("zone", index === 0 ? "a" : "b").withLabel("size", "1"),
    );
    const ids = all.hosts.map(({ host }) => host.id);
    const reference = modules.actor("echo");
    const bids = async (constraints: Record<string, string> = {}): Promise<string[]> => {
      const answers = await all.client.performActorAuction(reference, constraints);
      return answers.map(({ hostId }) => hostId).sort();
    };
    expect(await bids()).toEqual([...ids].sort());
    expect(await bids({ zone: "b", size: "1" })).toEqual(ids.slice(1).sort());
    expect(await bids({ zone: "c" })).toEqual([]);
    expect(await bids({ colour: "a" })).toEqual([]);
    await all.client.startActor(ids[1] ?? "", reference);
    await running(at(all, 1), echo);
    // The others learn of the reference with the cache's replication only: without it they bid on.
    expect(await bids({ zone: "b" })).toEqual([ids[2]]);
    await all.client.startProvider(ids[0] ?? "", KEYVALUE, "default");
    await vi.waitFor(async () => {
      const offers = await all.client.performProviderAuction(KEYVALUE, "default");
      expect(offers.map(({ hostId }) => hostId).sort()).toEqual(ids.slice(1).sort());
    });
    expect(await all.client.performProviderAuction(KEYVALUE, "other")).toHaveLength(3);
  });

  it("refuse what is started twice, and what is stopped twice", async () => {
    const all = await scene(2);
    const { id } = at(all, 0).host;
    const reference = modules.actor("echo");
    const twice = await Promise.allSettled([
      all.client.startActor(id, reference),
      all.client.startActor(id, reference),
    ]);
    expect(twice.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await running(at(all, 0), echo);
    await all.client.stopActor(id, reference);
    await expect(all.client.stopActor(id, reference)).rejects.toMatchObject({
      message: expect.stringContaining("Actor is either not running on this host"),
    });
    await all.client.startProvider(id, KEYVALUE, "default");
    await expect(all.client.startProvider(id, KEYVALUE, "default")).rejects.toMatchObject({
      message: expect.stringContaining(
        `Provider with image ref '${KEYVALUE}' is already running on this host.`,
      ),
    });
    await all.client.stopProvider(id, MEMORY_KEYVALUE_PROVIDER.id, "default", CONTRACT);
    await expect(
      all.client.stopProvider(id, MEMORY_KEYVALUE_PROVIDER.id, "default", CONTRACT),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        `Provider ${MEMORY_KEYVALUE_PROVIDER.id}/default is not running on this host`,
      ),
    });
  });
});

describe("hosts that replicate the lattice cache", () => {
  const replicated = { replication: true } as const;

  it("let the one that joins last know all: claims, links, aliases and references", async () => {
    const early = await joinedHost(nats.current.webSocketUrl, {}, replicated);
    await early.start("ponger");
    const reference = modules.actor("kvcounter");
    await early.host.startActorFrom(reference);
    await early.host.setLink(link);
    const removed = { ...link, linkName: "removed" };
    await early.host.setLink(removed);
    await early.host.removeLink(removed.actorId, removed.contractId, removed.linkName);

    const late = await joinedHost(nats.current.webSocketUrl, {}, replicated);
    await linkState(late, link, "waiting");
    const { links } = await late.host.describe();
    expect(links.map(({ linkName, values }) => [linkName, values])).toEqual([["default", link.values]]);
    await late.host.startProviderFrom(KEYVALUE);
    await linkState(late, link, "bound");
    expect(decode(await late.host.callActor(counter, "Count", new Uint8Array(0)))).toEqual({ counter: 1 });
    await late.start("pinger");
    const ping = encode({ target: "weblattice/examples/ponger", value: 1 });
    await vi.waitFor(async () => {
      expect(decode(await late.host.callActor(testActor("pinger").key, "PingVia", ping))).toEqual({
        value: 43,
      });
    });
    await expect(late.host.stopActor(reference)).rejects.toMatchObject({ details: { actor: counter } });
  });

  it("bid no more for what runs on them under a reference that another host learned first", async () => {
    const [one, two] = await Promise.all([
      joinedHost(nats.current.webSocketUrl, {}, replicated),
      joinedHost(nats.current.webSocketUrl, {}, replicated),
    ]);
    await two.start("echo");
    const client = await controlClient(nats.current.webSocketUrl);
    const reference = modules.actor("echo");
    await one.host.startActorFrom(reference);
    await vi.waitFor(async () => expect(await client.performActorAuction(reference)).toEqual([]), {
      timeout: 10_000,
    });
  });

  it("tell a provider of a removal that only the cache tells of", async () => {
    const [one, two] = [
      await joinedHost(nats.current.webSocketUrl, {}, replicated),
      await joinedHost(nats.current.webSocketUrl, {}, replicated),
    ];
    await one.start("kvcounter");
    await two.host.startProviderFrom(KEYVALUE);
    await one.host.setLink(link);
    await linkState(two, link, "bound");
    const raw = await rawClient(nats.current.webSocketUrl);
    const hash = linkHash(link.actorId, link.contractId, link.linkName);
    const origin = "a first-party cache";
    for (const event of [
      { kind: "KeyDelete", key: `wclc:link_${hash}` },
      { kind: "SetRemoveItem", key: "wclc:links", value: String(hash) },
    ] as const) {
      raw.publish(CACHE_EVENTS_SUBJECT, encodeCacheEventWrapper({ originId: origin, event }));
    }
    await linkState(one, link, undefined);
    await linkState(two, link, undefined);
    await vi.waitFor(async () => {
      const { providers } = await two.host.describe();
      expect(providers.find(({ id }) => id === link.providerId)?.boundActors).toEqual([]);
    });
  });
});
