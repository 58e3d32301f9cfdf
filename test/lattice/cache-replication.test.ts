import { describe, expect, test, vi } from "vitest";
import { CacheReplication, LatticeCache } from "../../src/lattice/index.ts";
import { useNatsServer } from "../support/nats.ts";
import { actorKey, claimsOf, linkOf, providerKey } from "../unit/lattice/cache-entries.ts";
import { contentsOf } from "./cache-contents.ts";
import { connectPeer, newSubjects, type Peer, type Subjects, startPeer } from "./cache-peers.ts";

const server = useNatsServer();
const url = (): string => server.current.webSocketUrl;
const start = (subjects: Subjects, options: object = {}): Promise<Peer> =>
  startPeer(url(), { subjects, ...options });

/** One of everything. */
function fill(cache: LatticeCache, n = 1): void {
  cache.putClaims(claimsOf(n), "verified");
  cache.putLink(linkOf(n));
  cache.claimAlias(`alias/${n}`, actorKey(n));
  cache.putReference(`registry/actor:${n}`, actorKey(n));
}

async function agree(...peers: readonly Peer[]): Promise<void> {
  await vi.waitFor(() => {
    for (const { cache } of peers) expect(contentsOf(cache)).toEqual(contentsOf(peers[0]?.cache ?? cache));
  }, 3_000);
}

describe("two replicated caches", () => {
  test("know the same after each kind of change", async () => {
    const subjects = newSubjects();
    const [a, b] = [await start(subjects), await start(subjects)];
    fill(a.cache, 1);
    fill(b.cache, 2);
    await vi.waitFor(() => expect(contentsOf(a.cache)).toHaveLength(8));
    await agree(a, b);
    const { actorId, contractId, linkName } = linkOf(1);
    b.cache.removeLink(actorId, contractId, linkName);
    await vi.waitFor(() => expect(a.cache.link(actorId, contractId, linkName)).toBeUndefined());
    expect(contentsOf(a.cache)).toHaveLength(7);
    await agree(a, b);
  });

  test("tell what the other changed as replicated, once", async () => {
    const subjects = newSubjects();
    const [a, b] = [await start(subjects), await start(subjects)];
    const link = linkOf(1);
    a.cache.putLink(link);
    a.cache.putLink({ ...link });
    await vi.waitFor(() => expect(b.changes).toHaveLength(1));
    b.cache.putLink({ ...link });
    a.cache.removeLink(link.actorId, link.contractId, link.linkName);
    await vi.waitFor(() => expect(b.changes).toHaveLength(2));
    expect(b.changes.map(({ change, cause }) => [change.kind, cause])).toEqual([
      ["link", "replicated"],
      ["link_removed", "replicated"],
    ]);
    expect(a.changes.map(({ cause }) => cause)).toEqual(["local", "local"]);
    await vi.waitFor(() => expect([a, b].map((peer) => peer.replication.eventCount)).toEqual([4, 4]));
  });

  test("take the claims of the other as announced only", async () => {
    const subjects = newSubjects();
    const [a, b] = [await start(subjects), await start(subjects)];
    const own = claimsOf(1, { capabilities: [] });
    b.cache.putClaims(own, "verified");
    await vi.waitFor(() => expect(a.cache.claims(own.subject)).toEqual(own));
    a.cache.putClaims(claimsOf(1, { revision: 9 }), "announced");
    a.cache.putLink(linkOf(1));
    await vi.waitFor(() => expect(b.cache.allLinks()).toHaveLength(1));
    expect(b.cache.claims(own.subject)).toEqual(own);
    b.cache.releaseClaims(own.subject);
    expect(b.cache.putClaims(claimsOf(1, { revision: 9 }), "announced")).toBe(true);
  });

  test("never take older claims in place of newer ones, nor claims of the system", async () => {
    const subjects = newSubjects();
    const [a, b] = [await start(subjects), await start(subjects)];
    const [older, newer] = [claimsOf(1, { revision: 1 }), claimsOf(1, { revision: 2 })];
    b.cache.putClaims(newer, "announced");
    await agree(a, b);
    a.cache.putClaims(older, "verified");
    a.cache.putClaims({ ...older, subject: "system" }, "verified");
    a.cache.putLink(linkOf(1));
    await vi.waitFor(() => expect(b.cache.allLinks()).toHaveLength(1));
    expect(b.cache.allClaims()).toEqual([newer]);
  });

  test("give an alias to the later event", async () => {
    const subjects = newSubjects();
    const [a, b] = [await start(subjects), await start(subjects)];
    expect(a.cache.claimAlias("shared", actorKey(1))).toBe(true);
    expect(b.cache.claimAlias("shared", actorKey(2))).toBe(true);
    await vi.waitFor(() => expect([a, b].map((peer) => peer.replication.eventCount)).toEqual([2, 2]));
    const owner = a.cache.aliasOwner("shared");
    expect([actorKey(1), actorKey(2)]).toContain(owner);
    expect(b.cache.aliasOwner("shared")).toBe(owner);
    const [loser, other] = owner === actorKey(1) ? [actorKey(2), b] : [actorKey(1), a];
    expect(other.cache.claimAlias("shared", loser)).toBe(false);
  });

  test("keep to their own subjects", async () => {
    const [a, b] = [await start(newSubjects()), await start(newSubjects())];
    fill(a.cache);
    await a.connection.flush();
    await b.connection.flush();
    expect(contentsOf(b.cache)).toEqual([]);
  });
});

describe("a cache that joins last", () => {
  test("learns everything, and tells what only it knows", async () => {
    const subjects = newSubjects();
    const a = await start(subjects);
    for (let n = 0; n < 100; n++) fill(a.cache, n);
    const cache = new LatticeCache();
    fill(cache, 1_000);
    const b = await start(subjects, { cache });
    expect(contentsOf(b.cache)).toHaveLength(404);
    await agree(a, b);
    const c = await start(subjects);
    expect(contentsOf(c.cache)).toEqual(contentsOf(a.cache));
  });

  test("takes what the others have over what it had", async () => {
    const subjects = newSubjects();
    const a = await start(subjects);
    a.cache.claimAlias("shared", actorKey(1));
    a.cache.putLink(linkOf(1, { values: { from: "a" } }));
    a.cache.putReference("ref", actorKey(1));
    a.cache.putClaims(claimsOf(1, { revision: 2 }), "announced");
    a.cache.putClaims(claimsOf(2, { revision: 2 }), "announced");
    const cache = new LatticeCache();
    cache.claimAlias("shared", actorKey(2));
    cache.putLink(linkOf(1, { values: { from: "b" } }));
    cache.putReference("ref", actorKey(2));
    cache.putClaims(claimsOf(1, { revision: 1 }), "announced");
    cache.putClaims(claimsOf(2, { revision: 3 }), "announced");
    await vi.waitFor(() => expect(a.replication.eventCount).toBe(9));
    const b = await start(subjects, { cache });
    await agree(a, b);
    expect(a.cache.allClaims().map(({ revision }) => revision)).toEqual([2, 3]);
    expect(b.cache.aliasOwner("shared")).toBe(actorKey(1));
    expect(b.cache.resolveReference("ref")).toBe(actorKey(1));
    expect(b.cache.allLinks().map(({ values }) => ({ ...values }))).toEqual([{ from: "a" }]);
  });

  test("forgets restored links that were removed meanwhile, and keeps those it set itself", async () => {
    const subjects = newSubjects();
    const a = await start(subjects);
    for (const n of [1, 2]) {
      a.cache.putLink(linkOf(n));
      const { actorId, contractId, linkName } = linkOf(n);
      a.cache.removeLink(actorId, contractId, linkName);
    }
    await vi.waitFor(() => expect(a.replication.eventCount).toBe(8));
    const cache = new LatticeCache();
    cache.putLink(linkOf(1), "restored");
    cache.putLink(linkOf(2), "local");
    cache.putLink(linkOf(3), "restored");
    const b = await start(subjects, { cache });
    expect(b.cache.allLinks().map(({ actorId }) => actorId)).toEqual([actorKey(2), actorKey(3)]);
    await agree(a, b);
  });

  test("gets the state where the history is not kept, counters and lists too", async () => {
    const subjects = newSubjects();
    const a = await start(subjects, { historyEvents: 10 });
    for (let n = 0; n < 50; n++) fill(a.cache, n);
    const { actorId, contractId, linkName } = linkOf(7);
    a.cache.removeLink(actorId, contractId, linkName);
    a.cache.putLink(linkOf(8, { providerId: providerKey(99) }));
    await vi.waitFor(() => expect(a.replication.eventCount).toBe(50 * 7 + 4));
    const cache = new LatticeCache();
    cache.putLink(linkOf(7), "restored");
    const b = await start(subjects, { cache });
    expect(contentsOf(b.cache)).toEqual(contentsOf(a.cache));
    // 49 links, 50 claims, aliases and references, three sets, and the removal.
    expect(b.replication.eventCount).toBe(49 * 2 + 50 * 5 + 2);
  });

  test("that knows more than half catches up in the end, and counts as many events", async () => {
    const subjects = newSubjects();
    const a = await start(subjects, { historyEvents: 10, replayIntervalMs: 50 });
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 5; n++) a.cache.putReference(`ref${n}`, actorKey(round));
    }
    await vi.waitFor(() => expect(a.replication.eventCount).toBe(100));
    const b = await start(subjects, { replayIntervalMs: 50 });
    expect(contentsOf(b.cache)).toEqual(contentsOf(a.cache));
    await vi.waitFor(() => expect(b.replication.eventCount).toBe(a.replication.eventCount), 5_000);
  });
});

describe("after a lost connection", () => {
  test("caches learn from each other what happened meanwhile", async () => {
    const subjects = newSubjects();
    const a = await start(subjects, { reconnectWaitMs: 300 });
    const b = await start(subjects);
    fill(a.cache, 1);
    await agree(a, b);
    await a.lose();
    expect(a.connection.state).not.toBe("connected");
    fill(a.cache, 2);
    fill(b.cache, 3);
    const { actorId, contractId, linkName } = linkOf(1);
    a.cache.removeLink(actorId, contractId, linkName);
    expect(a.connection.state).not.toBe("connected");
    await vi.waitFor(() => expect(contentsOf(b.cache)).toHaveLength(11), 5_000);
    await agree(a, b);
  });

  test("an alias that another host claimed meanwhile stays with it", async () => {
    const subjects = newSubjects();
    const a = await start(subjects, { reconnectWaitMs: 300 });
    const b = await start(subjects);
    await a.lose();
    expect(a.connection.state).not.toBe("connected");
    a.cache.claimAlias("shared", actorKey(1));
    b.cache.claimAlias("shared", actorKey(2));
    a.cache.putLink(linkOf(1));
    await vi.waitFor(() => expect(b.cache.allLinks()).toHaveLength(1), 5_000);
    await agree(a, b);
    expect(a.cache.aliasOwner("shared")).toBe(actorKey(2));
  });

  test("only so many changes are kept, and that is told", async () => {
    const subjects = newSubjects();
    const a = await start(subjects, { reconnectWaitMs: 200, maxUnsent: 4 });
    const b = await start(subjects);
    await a.lose();
    expect(a.connection.state).not.toBe("connected");
    for (let n = 0; n < 10; n++) a.cache.claimAlias(`alias/${n}`, actorKey(n));
    expect(a.counters.get("lattice.cache_unsent_dropped")).toBe(6);
    await vi.waitFor(() => expect(contentsOf(b.cache)).toHaveLength(4), 5_000);
    expect(b.cache.aliasOwner("alias/9")).toBe(actorKey(9));
  });
});

test("a replication that has ended neither tells nor learns anything", async () => {
  const subjects = newSubjects();
  const [a, b] = [await start(subjects), await start(subjects)];
  fill(a.cache, 1);
  await agree(a, b);
  await b.replication.close();
  await b.replication.close();
  fill(a.cache, 2);
  fill(b.cache, 3);
  await b.connection.flush();
  await a.connection.flush();
  await b.connection.flush();
  expect(contentsOf(a.cache)).toHaveLength(8);
  expect(contentsOf(b.cache)).toHaveLength(8);
  expect(b.cache.claims(actorKey(2))).toBeUndefined();
  expect(b.connection.state).toBe("connected");
  const replies = await a.connection.requestMany(subjects.replaySubject, new Uint8Array([0x81]), {
    waitMs: 200,
  });
  expect(replies).toEqual([]);
});

test("one whose connection closes while it asks ends, and one on a closed connection does not start", async () => {
  const subjects = newSubjects();
  const mute = await connectPeer(url());
  // Takes requests and never answers.
  mute.connection.subscribe(subjects.replaySubject, { onMessage: () => undefined });
  await mute.connection.flush();
  const { connection } = await connectPeer(url());
  const options = { connection, cache: new LatticeCache(), ...subjects, deadlines: { ackMs: 200 } };
  const starting = CacheReplication.start(options);
  await connection.close();
  const replication = await starting;
  await replication.close();
  await expect(CacheReplication.start(options)).rejects.toMatchObject({ code: "lattice.not_connected" });
});
