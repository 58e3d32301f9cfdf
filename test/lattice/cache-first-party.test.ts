import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { parseActorPayload } from "../../src/claims/index.ts";
import {
  type CacheEvent,
  decodeCacheEvent,
  decodeCacheEventWrapper,
  decodeReplayRequestAck,
  encodeReplayRequestAck,
  LatticeCache,
  type LinkDefinition,
  linkHash,
} from "../../src/lattice/index.ts";
import { useNatsServer } from "../support/nats.ts";
import { actorKey, claimsOf, linkOf, providerKey } from "../unit/lattice/cache-entries.ts";
import { bytes, hex, vectors } from "../unit/lattice/lattice-vectors.ts";
import { contentsOf } from "./cache-contents.ts";
import {
  bare,
  connectPeer,
  newSubjects,
  type Peer,
  type PeerOptions,
  ScriptedPeer,
  SOON,
  startPeer,
} from "./cache-peers.ts";

const server = useNatsServer();
const url = (): string => server.current.webSocketUrl;
/** The claims of protocol section 3.8 as they are cached. */
const CLAIMS_JSON = JSON.stringify(vectors.claims.payload);
const CLAIMS = parseActorPayload(vectors.claims.payload);
/** The link of protocol section 3.8. */
const LINK = vectors.links.find(({ value }) => value.values["PORT"] === "8080")?.value as LinkDefinition;
const LINK_KEY = "wclc:link_1748037232798215833";
const LINK_JSON = `{"actor_id":"${LINK.actorId}","provider_id":"${LINK.providerId}","contract_id":"wasmcloud:httpserver","link_name":"default","values":{"PORT":"8080"}}`;
const ack = (eventsToExpect: number): Uint8Array => encodeReplayRequestAck({ eventsToExpect });
const linkKey = (link: LinkDefinition): string =>
  `wclc:link_${linkHash(link.actorId, link.contractId, link.linkName)}`;
const linkJson = (link: LinkDefinition): string =>
  JSON.stringify({
    actor_id: link.actorId,
    provider_id: link.providerId,
    contract_id: link.contractId,
    link_name: link.linkName,
    values: link.values,
  });
const set = (key: string, value: string): CacheEvent => ({ kind: "ScalarSet", key, value });
const join = async (options: Partial<PeerOptions> = {}): Promise<[ScriptedPeer, Peer]> => {
  const subjects = newSubjects();
  const scripted = await ScriptedPeer.connect(url(), subjects);
  return [scripted, await startPeer(url(), { subjects, ...options })];
};
/** Resolves when a cache has everything that was published before. */
const heardAll = async (peer: Peer, scripted: ScriptedPeer): Promise<void> => {
  await scripted.connection.flush();
  await peer.connection.flush();
};

describe("what is published", () => {
  const cases: [string, (cache: LatticeCache) => unknown, CacheEvent[]][] = [
    [
      "claims",
      (cache) => cache.putClaims(CLAIMS, "verified"),
      [
        set(`wclc:claims_${CLAIMS.subject}`, CLAIMS_JSON),
        { kind: "SetAdd", key: "wclc:claims", value: CLAIMS.subject },
      ],
    ],
    [
      "a link",
      (cache) => cache.putLink(LINK),
      [set(LINK_KEY, LINK_JSON), { kind: "SetAdd", key: "wclc:links", value: "1748037232798215833" }],
    ],
    [
      "the removal of a link",
      (cache) => {
        cache.putLink(LINK);
        cache.removeLink(LINK.actorId, LINK.contractId, LINK.linkName);
      },
      [
        set(LINK_KEY, LINK_JSON),
        { kind: "SetAdd", key: "wclc:links", value: "1748037232798215833" },
        { kind: "KeyDelete", key: LINK_KEY },
        { kind: "SetRemoveItem", key: "wclc:links", value: "1748037232798215833" },
      ],
    ],
    [
      "an image reference",
      (cache) => cache.putReference("registry/echo:1", actorKey(1)),
      [
        set("wclc:oci_registry/echo:1", actorKey(1)),
        { kind: "SetAdd", key: "wclc:ocis", value: "registry/echo:1" },
      ],
    ],
    ["an alias", (cache) => cache.claimAlias("echo", actorKey(1)), [set("wclc:call_echo", actorKey(1))]],
  ];

  test.each(cases)(
    "for %s is what first-party hosts publish, in their order",
    async (_what, act, expected) => {
      const [scripted, peer] = await join();
      act(peer.cache);
      await vi.waitFor(() => expect(scripted.heard).toHaveLength(expected.length));
      const wrappers = scripted.heard.map((data) => decodeCacheEventWrapper(data));
      expect(wrappers.map(({ event }) => event)).toEqual(expected);
      const origins = new Set(wrappers.map(({ originId }) => originId));
      expect([...origins]).toEqual([peer.replication.originId]);
      expect(peer.replication.originId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    },
  );

  test("has their bytes", async () => {
    const [scripted, peer] = await join();
    peer.cache.claimAlias("echo", actorKey(1));
    await vi.waitFor(() => expect(scripted.heard).toHaveLength(1));
    const text = (value: string): string =>
      value.length < 32
        ? (0xa0 + value.length).toString(16) + Buffer.from(value).toString("hex")
        : `d9${value.length.toString(16)}${Buffer.from(value).toString("hex")}`;
    expect(hex(scripted.heard[0] ?? new Uint8Array(0))).toBe(
      `82${text("origin_id")}${text(peer.replication.originId)}${text("event")}810292${text("wclc:call_echo")}${text(actorKey(1))}`,
    );
  });

  test("is nothing where nothing changed", async () => {
    const [scripted, peer] = await join();
    for (const [, act] of cases) act(peer.cache);
    await vi.waitFor(() => expect(scripted.heard).toHaveLength(9));
    peer.cache.putLink(LINK);
    peer.cache.putClaims({ ...CLAIMS }, "announced");
    peer.cache.putClaims({ ...CLAIMS }, "verified");
    peer.cache.claimAlias("echo", actorKey(2));
    peer.cache.putReference("registry/echo:1", actorKey(1));
    peer.cache.removeLink("M", "c", "l");
    peer.cache.claimAlias("last", actorKey(1));
    await vi.waitFor(() => expect(scripted.heard.length).toBeGreaterThanOrEqual(12));
    await sleep(50);
    expect(scripted.heard.slice(9).map((data) => decodeCacheEventWrapper(data).event)).toEqual([
      set(LINK_KEY, LINK_JSON),
      { kind: "SetAdd", key: "wclc:links", value: "1748037232798215833" },
      set("wclc:call_last", actorKey(1)),
    ]);
  });
});

describe("what first-party hosts publish", () => {
  test("is understood, whatever kind it is", async () => {
    const [scripted, peer] = await join();
    const second = linkOf(5);
    for (const event of [
      set(`wclc:claims_${CLAIMS.subject}`, CLAIMS_JSON),
      { kind: "SetAdd", key: "wclc:claims", value: CLAIMS.subject },
      set(LINK_KEY, LINK_JSON),
      { kind: "SetAdd", key: "wclc:links", value: "1748037232798215833" },
      set(linkKey(second), linkJson(second)),
      set("wclc:oci_registry/echo:1", CLAIMS.subject),
      { kind: "SetAdd", key: "wclc:ocis", value: "registry/echo:1" },
      set("wclc:call_echo", CLAIMS.subject),
    ] satisfies CacheEvent[]) {
      scripted.publish(event);
    }
    await heardAll(peer, scripted);
    const expected = new LatticeCache();
    expected.putClaims(CLAIMS, "announced");
    expected.putLink(LINK);
    expected.putLink(second);
    expected.putReference("registry/echo:1", CLAIMS.subject);
    expected.claimAlias("echo", CLAIMS.subject);
    expect(contentsOf(peer.cache)).toEqual(contentsOf(expected));
    scripted.publish({ kind: "KeyDelete", key: LINK_KEY });
    scripted.publish({ kind: "SetRemoveItem", key: "wclc:links", value: "1748037232798215833" });
    await heardAll(peer, scripted);
    expect(peer.cache.allLinks()).toHaveLength(1);
    expect(peer.replication.eventCount).toBe(10);
    expect(peer.changes.map(({ cause }) => cause)).toEqual(Array(6).fill("replicated"));
  });

  test("may come with named variants and any width, as in the recorded bytes", async () => {
    const [scripted, peer] = await join();
    const { connection, subjects } = scripted;
    for (const { hex: recorded } of vectors.cacheEventWrappers) {
      connection.publish(subjects.eventsSubject, bytes(recorded));
    }
    const [recorded] = vectors.cacheEventWrappers;
    await heardAll(peer, scripted);
    expect(peer.replication.eventCount).toBe(vectors.cacheEventWrappers.length);
    const named = recorded?.hex.replace("810292", `81a9${Buffer.from("ScalarSet").toString("hex")}92`) ?? "";
    connection.publish(subjects.eventsSubject, bytes(named));
    await heardAll(peer, scripted);
    expect(peer.replication.eventCount).toBe(vectors.cacheEventWrappers.length + 1);
  });

  test("does not delete claims, aliases or references", async () => {
    const [scripted, peer] = await join();
    peer.cache.putClaims(CLAIMS, "announced");
    peer.cache.claimAlias("echo", CLAIMS.subject);
    peer.cache.putReference("ref", CLAIMS.subject);
    await vi.waitFor(() => expect(scripted.heard).toHaveLength(5));
    for (const key of [`wclc:claims_${CLAIMS.subject}`, "wclc:call_echo", "wclc:oci_ref"]) {
      scripted.publish({ kind: "KeyDelete", key });
    }
    await heardAll(peer, scripted);
    expect(contentsOf(peer.cache)).toHaveLength(3);
  });

  test.each([
    ["claims that are no JSON", set(`wclc:claims_${actorKey(1)}`, "{secret")],
    ["claims of another actor", set(`wclc:claims_${actorKey(1)}`, CLAIMS_JSON)],
    ["claims without metadata", set(`wclc:claims_${actorKey(1)}`, '{"jti":"","iat":0,"iss":"","sub":""}')],
    ["claims that are too large", set(`wclc:claims_${actorKey(1)}`, `"${"x".repeat(70_000)}"`)],
    ["a link under another hash", set("wclc:link_1", LINK_JSON)],
    ["a link without provider", set(LINK_KEY, LINK_JSON.replace(LINK.providerId, ""))],
    ["a link with numbers as values", set(LINK_KEY, LINK_JSON.replace('"8080"', "8080"))],
    ["a link that is null", set(LINK_KEY, "null")],
    ["an alias for no actor", set("wclc:call_echo", "nobody")],
    ["an alias for a provider", set("wclc:call_echo", providerKey(1))],
    ["a reference to nothing", set("wclc:oci_ref", "")],
  ])("is ignored if it is garbage, counted, and logged once: %s", async (_what, event) => {
    const [scripted, peer] = await join();
    scripted.publish(event);
    scripted.publish(event);
    await heardAll(peer, scripted);
    expect(contentsOf(peer.cache)).toEqual([]);
    expect(peer.counters.get("lattice.cache_garbage")).toBe(2);
    const warnings = peer.log.records().filter(({ level }) => level === "warn");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).not.toContain("secret");
    expect(peer.replication.eventCount).toBe(2);
  });

  test.each(["wasmcloud:keyvalue", "", actorKey(7)])(
    "cannot make an alias that would shadow something: %j",
    async (alias) => {
      const [scripted, peer] = await join();
      scripted.publish(set(`wclc:call_${alias}`, actorKey(1)));
      await heardAll(peer, scripted);
      expect(peer.replication.eventCount).toBe(1);
      expect(peer.cache.aliasOwner(alias)).toBeUndefined();
    },
  );

  test("is ignored where it is no event at all", async () => {
    const [scripted, peer] = await join();
    const { connection, subjects } = scripted;
    for (const data of [[], [0xc1], [0x80], [0x81, 0xa1, 0x6f], Array(1_000).fill(0xdf)]) {
      connection.publish(subjects.eventsSubject, new Uint8Array(data));
    }
    scripted.publish(set("wclc:call_echo", actorKey(1)));
    await heardAll(peer, scripted);
    expect(peer.counters.get("lattice.cache_undecodable")).toBe(5);
    expect(peer.cache.aliasOwner("echo")).toBe(actorKey(1));
    expect(peer.replication.eventCount).toBe(1);
  });
});

describe("a replay asked for", () => {
  test("says how many events are known, at the start and again and again", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    const first: CacheEvent[] = [set("wclc:call_a", actorKey(1)), set("wclc:call_b", actorKey(2))];
    const second: CacheEvent[] = [set("wclc:call_c", actorKey(3))];
    const answers = [first, second, []];
    await scripted.answer(() => {
      const events = answers.shift() ?? [];
      return [ack(events.length), ...bare(events)];
    });
    const peer = await startPeer(url(), { subjects, replayIntervalMs: 50 });
    expect(hex(scripted.asked[0] ?? bytes(""))).toBe("81a368776d00");
    expect(peer.cache.aliasOwner("b")).toBe(actorKey(2));
    // From now on it is a member of the group and may get its own requests, which it sends again.
    await vi.waitFor(() => expect(scripted.asked.length).toBeGreaterThan(2));
    expect(hex(scripted.asked[1] ?? bytes(""))).toBe("81a368776d02");
    expect(hex(scripted.asked[2] ?? bytes(""))).toBe("81a368776d03");
    expect(peer.cache.aliasOwner("c")).toBe(actorKey(3));
    expect(peer.changes.map(({ cause }) => cause)).toEqual(Array(3).fill("replicated"));
  });

  test("is of no use if the answer is garbage", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    await scripted.answer(() => [new Uint8Array([0xc1]), ack(1), ...bare([set("wclc:call_a", actorKey(1))])]);
    const peer = await startPeer(url(), { subjects });
    expect(contentsOf(peer.cache)).toEqual([]);
    expect(peer.counters.get("lattice.cache_undecodable")).toBe(1);
  });

  test("goes on after an event that is garbage", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    const [a = bytes(""), b = bytes("")] = bare([
      set("wclc:call_a", actorKey(1)),
      set("wclc:call_b", actorKey(2)),
    ]);
    await scripted.answer(() => [ack(3), a, new Uint8Array([1, 2, 3]), b]);
    const peer = await startPeer(url(), { subjects });
    expect(contentsOf(peer.cache)).toHaveLength(2);
    expect(peer.counters.get("lattice.cache_gap")).toBe(0);
  });

  test("with a gap is logged as first-party hosts do, and what came is used", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    await scripted.answer(() => [ack(2), ...bare([set("wclc:call_a", actorKey(1))])]);
    const peer = await startPeer(url(), { subjects, deadlines: SOON });
    expect(peer.cache.aliasOwner("a")).toBe(actorKey(1));
    expect(peer.counters.get("lattice.cache_gap")).toBe(1);
    expect(peer.log.records().map(({ message }) => message)).toEqual([
      "Did not receive an expected state replication reply. Cache should now be considered invalid.",
    ]);
  });

  test("that nobody answers leaves it alone", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    await scripted.answer(() => []);
    const peer = await startPeer(url(), { subjects, deadlines: SOON });
    expect(scripted.asked).toHaveLength(1);
    peer.cache.claimAlias("echo", actorKey(1));
    await vi.waitFor(() => expect(scripted.heard).toHaveLength(1));
    expect(peer.log.records()).toEqual([]);
  });

  test("comes after the subscription to events and before it answers others", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    let answersWhileAsking: readonly Uint8Array[] = [];
    const { connection } = await connectPeer(url());
    await scripted.answer(async () => {
      if (scripted.asked.length > 1) return [new Uint8Array([0xc0])];
      // Heard by the one who asks only if it has subscribed already.
      scripted.publish(set("wclc:call_live", actorKey(2)));
      answersWhileAsking = await connection.requestMany(subjects.replaySubject, bytes("81a368776d00"), {
        waitMs: 1_000,
        maxReplies: 1,
      });
      return [ack(1), ...bare([set("wclc:call_a", actorKey(1))])];
    });
    const peer = await startPeer(url(), { subjects });
    await heardAll(peer, scripted);
    expect(peer.cache.aliasOwner("live")).toBe(actorKey(2));
    expect(answersWhileAsking.map(hex)).toEqual(["c0"]);
  });

  test("does not undo what happens meanwhile, nor count it twice", async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    const link = linkOf(1);
    const [older, newer] = [
      linkJson({ ...link, values: { n: "1" } }),
      linkJson({ ...link, values: { n: "2" } }),
    ];
    await scripted.answer(() => {
      scripted.publish(set(linkKey(link), newer));
      scripted.publish({ kind: "AtomicAdd", key: "counter", amount: 1 });
      const history: CacheEvent[] = [
        set(linkKey(link), older),
        set(linkKey(link), newer),
        { kind: "AtomicAdd", key: "counter", amount: 1 },
      ];
      return [ack(history.length), ...bare(history)];
    });
    const peer = await startPeer(url(), { subjects });
    await heardAll(peer, scripted);
    expect(peer.cache.allLinks().map(({ values }) => ({ ...values }))).toEqual([{ n: "2" }]);
    expect(peer.changes.map(({ change }) => change.kind)).toEqual(["link"]);
    expect(peer.replication.eventCount).toBe(3);
  });

  test("of 100,000 events is taken whole", { timeout: 60_000 }, async () => {
    const subjects = newSubjects();
    const scripted = await ScriptedPeer.connect(url(), subjects);
    const history = Array.from({ length: 50_000 }, (_, n): CacheEvent[] => {
      const link = linkOf(n);
      const hash = linkKey(link).slice("wclc:link_".length);
      return [set(linkKey(link), linkJson(link)), { kind: "SetAdd", key: "wclc:links", value: hash }];
    }).flat();
    const messages = bare(history);
    scripted.connection.subscribe(subjects.replaySubject, {
      onMessage: async (message) => {
        message.respond(ack(messages.length));
        for (const [n, data] of messages.entries()) {
          message.respond(data);
          if (n % 1_000 === 0) await scripted.connection.flush();
        }
      },
    });
    await scripted.connection.flush();
    const peer = await startPeer(url(), { subjects, deadlines: { ackMs: 2_000, eventMs: 5_000 } });
    expect(peer.replication.eventCount).toBe(100_000);
    expect(peer.cache.allLinks()).toHaveLength(50_000);
    expect(peer.log.records()).toEqual([]);
  });
});

describe("a replay answered", () => {
  test("is an acknowledgement and then the last events, oldest first and bare", async () => {
    const [scripted, peer] = await join();
    const events = ["a", "b", "c"].map((name, n) => set(`wclc:call_${name}`, actorKey(n)));
    scripted.publish(events[0] as CacheEvent);
    await heardAll(peer, scripted);
    peer.cache.claimAlias("b", actorKey(1));
    await vi.waitFor(() => expect(peer.replication.eventCount).toBe(2));
    scripted.publish(events[2] as CacheEvent);
    await heardAll(peer, scripted);
    const [first = bytes(""), ...rest] = await scripted.ask(bytes("81a368776d01"));
    expect(hex(first)).toBe("81b06576656e74735f746f5f65787065637402");
    expect(rest.map((data) => decodeCacheEvent(data))).toEqual(events.slice(1));
    for (const request of ["81a368776d03", "81a368776d0c"]) {
      expect((await scripted.ask(bytes(request))).map(hex)).toEqual([
        "81b06576656e74735f746f5f65787065637400",
      ]);
    }
  });

  test("keeps the kind of a key and what does not fit it", async () => {
    const [scripted, peer] = await join();
    const events: CacheEvent[] = [
      { kind: "AtomicAdd", key: "k", amount: 0x7fffffff },
      set("k", "v"),
      { kind: "ListPush", key: "k", value: "v" },
      { kind: "SetRemoveItem", key: "s", value: "v" },
      { kind: "ListRemoveItem", key: "l", value: "v" },
    ];
    for (const event of events) scripted.publish(event);
    await heardAll(peer, scripted);
    const [, ...rest] = await scripted.ask(bytes("81a368776d00"));
    expect(rest.map((data) => decodeCacheEvent(data))).toEqual(events);
  });

  test("tells the state to those who lack what is no longer kept", async () => {
    const [scripted, peer] = await join({ historyEvents: 3 });
    for (const event of [
      { kind: "AtomicAdd", key: "counter", amount: 2 },
      { kind: "ListPush", key: "list", value: "a" },
      { kind: "ListPush", key: "list", value: "b" },
      { kind: "SetAdd", key: "set", value: "m" },
      set("scalar", "old"),
      set("scalar", "new"),
      { kind: "AtomicAdd", key: "counter", amount: 3 },
      { kind: "SetRemoveItem", key: "set", value: "x" },
    ] satisfies CacheEvent[]) {
      scripted.publish(event);
    }
    await heardAll(peer, scripted);
    expect(peer.replication.eventCount).toBe(8);
    const asked = async (hwm: string): Promise<CacheEvent[]> => {
      const [first = bytes(""), ...rest] = await scripted.ask(bytes(hwm));
      expect(decodeReplayRequestAck(first).eventsToExpect).toBe(rest.length);
      return rest.map((data) => decodeCacheEvent(data));
    };
    const idempotent: CacheEvent[] = [{ kind: "SetAdd", key: "set", value: "m" }, set("scalar", "new")];
    expect(await asked("81a368776d00")).toEqual([
      { kind: "AtomicAdd", key: "counter", amount: 5 },
      { kind: "ListPush", key: "list", value: "a" },
      { kind: "ListPush", key: "list", value: "b" },
      ...idempotent,
    ]);
    expect(await asked("81a368776d01")).toEqual(idempotent);
    expect(await asked("81a368776d06")).toHaveLength(2);
  });

  test("is refused to garbage, and without a reply subject", async () => {
    const [scripted, peer] = await join();
    const { connection, subjects } = scripted;
    connection.publish(subjects.replaySubject, bytes("81a368776d00"));
    expect(await scripted.ask(new Uint8Array([0xc1]), 100)).toEqual([]);
    expect(peer.counters.get("lattice.cache_replay_refused")).toBe(2);
  });

  test("is sent to several at once, and to only so many", async () => {
    const [scripted, peer] = await join({ maxReplays: 2 });
    for (let n = 0; n < 3_000; n++) peer.cache.claimAlias(`alias/${n}`, claimsOf(1).subject);
    await vi.waitFor(() => expect(peer.replication.eventCount).toBe(3_000));
    const answers = await Promise.all(
      Array.from({ length: 3 }, () =>
        scripted.connection.requestMany(scripted.subjects.replaySubject, bytes("81a368776d00"), {
          waitMs: 1_500,
          maxReplies: 3_001,
        }),
      ),
    );
    expect(answers.map(({ length }) => length).sort()).toEqual([0, 3_001, 3_001]);
    expect(peer.counters.get("lattice.cache_replay_refused")).toBe(1);
  });
});
