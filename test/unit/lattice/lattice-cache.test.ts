import { beforeEach, describe, expect, test } from "vitest";
import { type CacheChange, LatticeCache } from "../../../src/lattice/index.ts";
import { actorKey, claimsOf, linkOf, providerKey } from "./cache-entries.ts";

let cache: LatticeCache;
let told: [CacheChange, string][];
beforeEach(() => {
  cache = new LatticeCache();
  told = [];
  cache.onChange((change, cause) => told.push([change, cause]));
});

describe("claims", () => {
  const revision = (n: number, more = {}) => claimsOf(1, { revision: n, ...more });

  test("are told once they are known, with the cause", () => {
    const claims = revision(1);
    expect(cache.putClaims(claims, "announced", "replicated")).toBe(true);
    expect(cache.claims(claims.subject)).toBe(claims);
    expect(told).toEqual([[{ kind: "claims", claims }, "replicated"]]);
  });

  test("are not told again while they say the same, verified or not", () => {
    cache.putClaims(revision(1), "announced");
    expect(cache.putClaims(revision(1), "announced")).toBe(true);
    expect(cache.putClaims(revision(1), "verified")).toBe(true);
    expect(told).toHaveLength(1);
  });

  test.each([
    ["announced", "announced", 1, false],
    ["announced", "announced", 2, true],
    ["announced", "announced", 3, true],
    ["verified", "verified", 1, false],
    ["verified", "verified", 3, true],
    ["verified", "announced", 3, false],
    ["announced", "verified", 1, true],
  ] as const)("that are %s give way to %s ones of revision %i in place of 2: %j", (first, then, n, taken) => {
    cache.putClaims(revision(2), first);
    expect(cache.putClaims(revision(n, { name: "later" }), then)).toBe(taken);
    expect(cache.claims(actorKey(1))?.name).toBe(taken ? "later" : "actor 1");
    expect(told).toHaveLength(taken ? 2 : 1);
  });

  test("of the same revision are the same everywhere, whatever came first", () => {
    const versions = [
      revision(1, { issuedAt: 10, name: "b" }),
      revision(1, { issuedAt: 10, name: "a" }),
      revision(1, { issuedAt: 9, name: "c" }),
    ];
    const outcome = (order: readonly number[]): string | undefined => {
      const other = new LatticeCache();
      for (const n of order) other.putClaims(versions[n] ?? revision(0), "announced");
      return other.claims(actorKey(1))?.name;
    };
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    expect(new Set(orders.map(outcome))).toEqual(new Set(["b"]));
  });

  test("of the system actor are never taken", () => {
    for (const source of ["announced", "verified"] as const) {
      expect(cache.putClaims({ ...revision(1), subject: "system" }, source)).toBe(false);
    }
    expect(cache.claims("system")).toBeUndefined();
    expect(told).toEqual([]);
  });

  test("that are lent are used and told to nobody, until they are put", () => {
    cache.putClaims(revision(2), "announced");
    const lent = revision(1, { name: "lent" });
    const takeBack = cache.lendClaims(lent);
    expect(cache.claims(actorKey(1))).toBe(lent);
    expect(cache.allClaims()).toEqual([revision(2)]);
    takeBack();
    expect(cache.claims(actorKey(1))).toEqual(revision(2));
    cache.lendClaims(lent);
    expect(told).toHaveLength(1);
    cache.putClaims(lent, "verified");
    expect(told[1]).toEqual([{ kind: "claims", claims: lent }, "local"]);
  });

  test("that are lent do not hide for ever what is announced meanwhile", () => {
    const takeBack = cache.lendClaims(revision(1));
    cache.putClaims(revision(3), "announced");
    expect(cache.claims(actorKey(1))).toEqual(revision(1));
    takeBack();
    expect(cache.claims(actorKey(1))).toEqual(revision(3));
  });

  test("of an actor that no longer runs here can be announced anew, but not older", () => {
    cache.putClaims(revision(2), "verified");
    cache.releaseClaims(actorKey(1));
    expect(cache.putClaims(revision(1), "announced")).toBe(false);
    expect(cache.putClaims(revision(3), "announced")).toBe(true);
  });

  test.each([
    ["before", ["announced", "verified"]],
    ["after", ["verified", "announced"]],
  ] as const)("announced %s verified ones count once the actor no longer runs here", (_, order) => {
    for (const source of order) cache.putClaims(revision(source === "announced" ? 3 : 1), source);
    expect(cache.claims(actorKey(1))).toEqual(revision(1));
    told.length = 0;
    cache.releaseClaims(actorKey(1));
    expect(cache.claims(actorKey(1))).toEqual(revision(3));
    expect(told).toEqual([[{ kind: "claims", claims: revision(3) }, "replicated"]]);
  });

  test("announced before verified ones are forgotten where what was verified here is newer", () => {
    cache.putClaims(revision(1), "announced");
    cache.putClaims(revision(2), "verified");
    told.length = 0;
    cache.releaseClaims(actorKey(1));
    expect(cache.claims(actorKey(1))).toEqual(revision(2));
    expect(told).toEqual([]);
  });
});

describe("links", () => {
  test("are told when they are new, changed or removed, and not when they say the same", () => {
    const link = linkOf(1, { values: { a: "1", b: "2" } });
    cache.putLink(link);
    cache.putLink(linkOf(1, { values: { b: "2", a: "1" } }), "replicated");
    cache.putLink(linkOf(1, { values: { a: "1" } }));
    cache.putLink(linkOf(1, { values: { a: "1" }, providerId: providerKey(9) }), "replicated");
    cache.removeLink(link.actorId, link.contractId, link.linkName, "replicated");
    expect(cache.removeLink(link.actorId, link.contractId, link.linkName)).toBeUndefined();
    expect(told.map(([{ kind }, cause]) => [kind, cause])).toEqual([
      ["link", "local"],
      ["link", "local"],
      ["link", "replicated"],
      ["link_removed", "replicated"],
    ]);
  });

  test("that say the same are replaced all the same, for whoever compares objects", () => {
    cache.putLink(linkOf(1));
    const again = linkOf(1);
    cache.putLink(again);
    expect(cache.link(again.actorId, again.contractId, again.linkName)).toBe(again);
  });

  test("are found by actor and by provider, also after they went to another provider", () => {
    const [first, second] = [linkOf(1, { providerId: "VA" }), linkOf(1, { providerId: "VB" })];
    cache.putLink(first);
    cache.putLink(linkOf(1, { linkName: "other", providerId: "VA" }));
    expect(cache.linksOfProvider("VA", "default")).toEqual([first]);
    cache.putLink(second);
    expect(cache.linksOfProvider("VA", "default")).toEqual([]);
    expect(cache.linksOfProvider("VB", "default")).toEqual([second]);
    expect(cache.linksOfProvider("VA", "other")).toHaveLength(1);
    expect(cache.linksOfActor(actorKey(1))).toHaveLength(2);
    cache.removeLink(second.actorId, second.contractId, second.linkName);
    expect(cache.linksOfProvider("VB", "default")).toEqual([]);
    expect(cache.linksOfActor(actorKey(1))).toHaveLength(1);
  });

  test("with a value that objects have by themselves are like any other", () => {
    const values = Object.assign(Object.create(null), { ["__proto__"]: "x" });
    cache.putLink(linkOf(1, { values }));
    cache.putLink(linkOf(1, { values: { toString: "x" } }));
    expect(told).toHaveLength(2);
  });
});

describe("aliases", () => {
  test("are for the first who claims them, and for the later among caches", () => {
    expect(cache.claimAlias("a", "M1")).toBe(true);
    expect(cache.claimAlias("a", "M1")).toBe(true);
    expect(cache.claimAlias("a", "M2")).toBe(false);
    expect(cache.claimAlias("a", "M2", "restored")).toBe(false);
    expect(cache.claimAlias("a", "M2", "replicated")).toBe(true);
    expect(cache.aliasOwner("a")).toBe("M2");
    expect(told.map(([, cause]) => cause)).toEqual(["local", "replicated"]);
  });

  test.each(["", "a:b", "wasmcloud:keyvalue", actorKey(1), providerKey(1), `M${"A".repeat(55)}`])(
    "are refused where they could shadow something, whoever claims them: %j",
    (alias) => {
      for (const cause of ["local", "replicated", "restored"] as const) {
        expect(cache.claimAlias(alias, actorKey(1), cause)).toBe(false);
      }
      expect(cache.aliasOwner(alias)).toBeUndefined();
    },
  );
});

test("references are told when they lead elsewhere", () => {
  expect(cache.putReference("r", "M1")).toBe(true);
  expect(cache.putReference("r", "M1")).toBe(true);
  expect(cache.putReference("r", "M2", "restored")).toBe(false);
  expect(cache.putReference("r", "M2")).toBe(true);
  expect(cache.resolveReference("r")).toBe("M2");
  expect(cache.resolveReference("other")).toBe("other");
  expect(told).toHaveLength(2);
});

test("what is restored replaces nothing", () => {
  cache.putClaims(claimsOf(1, { revision: 1 }), "announced");
  cache.putLink(linkOf(1, { values: {} }));
  expect(cache.putClaims(claimsOf(1, { revision: 2 }), "announced", "restored")).toBe(false);
  expect(cache.putLink(linkOf(1), "restored")).toBe(false);
  expect(cache.causeOfLink(actorKey(1), linkOf(1).contractId, "default")).toBe("local");
  expect(cache.putLink(linkOf(2), "restored")).toBe(true);
  expect(cache.causeOfLink(actorKey(2), linkOf(2).contractId, "default")).toBe("restored");
});

test("a full cache takes no more of a kind, and still changes what it has", () => {
  const small = new LatticeCache(1);
  small.putClaims(claimsOf(1), "announced");
  small.putLink(linkOf(1));
  small.claimAlias("a", "M1");
  small.putReference("r", "M1");
  expect(small.putClaims(claimsOf(2), "verified")).toBe(false);
  expect(small.putLink(linkOf(2))).toBe(false);
  expect(small.claimAlias("b", "M1")).toBe(false);
  expect(small.putReference("s", "M1")).toBe(false);
  expect(small.putClaims(claimsOf(1, { revision: 99 }), "announced")).toBe(true);
  expect(small.putLink(linkOf(1, { values: {} }))).toBe(true);
  expect(small.claimAlias("a", "M2", "replicated")).toBe(true);
  expect(small.putReference("r", "M2")).toBe(true);
  expect([...small.contents()]).toHaveLength(4);
});

test("contents are told as the changes by which they became known", () => {
  cache.putClaims(claimsOf(1), "verified");
  cache.putLink(linkOf(1));
  cache.claimAlias("a", "M1");
  cache.putReference("r", "M1");
  expect([...cache.contents()]).toEqual(told.map(([change]) => change));
});

test("who does not want to hear any more is not told", () => {
  const heard: CacheChange[] = [];
  const stop = cache.onChange((change) => heard.push(change));
  cache.putLink(linkOf(1));
  stop();
  stop();
  cache.putLink(linkOf(2));
  expect(heard).toHaveLength(1);
  expect(told).toHaveLength(2);
});
