import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { LatticeCache } from "../../src/lattice/index.ts";
import { useNatsServer } from "../support/nats.ts";
import { type Seeded, seeded } from "../support/seeded.ts";
import { actorKey, claimsOf, linkOf, providerKey } from "../unit/lattice/cache-entries.ts";
import { contentsOf } from "./cache-contents.ts";
import { newSubjects, type Peer, startPeer } from "./cache-peers.ts";

const server = useNatsServer();
const SEED = process.env["WEBLATTICE_SEED"];
/** Few, so that they meet. */
const THINGS = 4;

/** Does something at random that a host does to its cache. */
function act(cache: LatticeCache, random: Seeded): void {
  const n = random.below(THINGS);
  switch (random.below(6)) {
    case 0:
    case 1:
      cache.putLink(
        linkOf(n, { providerId: providerKey(random.below(3)), values: { v: `${random.below(9)}` } }),
      );
      return;
    case 2: {
      const { actorId, contractId, linkName } = linkOf(n);
      cache.removeLink(actorId, contractId, linkName);
      return;
    }
    case 3: {
      const [revision, issuedAt] = [random.below(3), random.below(3)];
      cache.putClaims(claimsOf(n, { revision, issuedAt, name: `${random.below(3)}` }), "announced");
      return;
    }
    case 4:
      cache.claimAlias(`alias/${random.below(400)}`, actorKey(n));
      return;
    default:
      cache.putReference(`ref/${n}`, actorKey(random.below(9)));
  }
}

/** Resolves when nothing is on its way any more; a connection that was just cut may not have noticed. */
async function settled(peers: readonly Peer[]): Promise<void> {
  await vi.waitFor(async () => {
    for (let round = 0; round < 3; round++) {
      for (const { connection } of peers) await connection.flush();
    }
  }, 10_000);
}

describe("three caches that change at random, all at the same time,", () => {
  test.each([1, 2, 3, 4, 5])("know the same in the end (%i)", { timeout: 60_000 }, async () => {
    const random = seeded(SEED === undefined ? undefined : Number(SEED));
    console.info(`WEBLATTICE_SEED=${random.seed}`);
    const subjects = newSubjects();
    const peers: Peer[] = [];
    for (let n = 0; n < 3; n++) peers.push(await startPeer(server.current.webSocketUrl, { subjects }));
    for (let step = 0; step < 600; step++) {
      const peer = peers[random.below(3)] as Peer;
      act(peer.cache, random);
      if (random.below(5) === 0) await sleep(random.below(3));
    }
    await settled(peers);
    const [first] = peers as [Peer];
    // What was done at the very same time is told again a little later.
    await sleep(1_500);
    await vi.waitFor(() => {
      for (const { cache } of peers) {
        expect(contentsOf(cache), `seed ${random.seed}`).toEqual(contentsOf(first.cache));
      }
    }, 10_000);
    await settled(peers);
    const late = await startPeer(server.current.webSocketUrl, { subjects });
    expect(contentsOf(late.cache), `seed ${random.seed}`).toEqual(contentsOf(first.cache));
    const brief = await startPeer(server.current.webSocketUrl, { subjects, historyEvents: 1 });
    expect(contentsOf(brief.cache), `seed ${random.seed}`).toEqual(contentsOf(first.cache));
    const counts = peers.map(({ replication }) => replication.eventCount);
    expect(new Set(counts).size, `seed ${random.seed}: ${counts.join()}`).toBe(1);
  });

  test.each([1, 2, 3, 4])(
    "know the same although one loses its connection again and again (%i)",
    { timeout: 60_000 },
    async () => {
      const random = seeded(SEED === undefined ? undefined : Number(SEED));
      console.info(`WEBLATTICE_SEED=${random.seed}`);
      const subjects = newSubjects();
      const peers: Peer[] = [];
      for (let n = 0; n < 3; n++) peers.push(await startPeer(server.current.webSocketUrl, { subjects }));
      for (let step = 0; step < 300; step++) {
        const place = random.below(3);
        // Each thing belongs to one host: what two hosts do while they do not hear each other has no order.
        const peer = peers[place] as Peer;
        const n = place * 10 + random.below(THINGS);
        const { actorId, contractId, linkName } = linkOf(n);
        if (random.below(3) === 0) peer.cache.removeLink(actorId, contractId, linkName);
        else peer.cache.putLink(linkOf(n, { values: { v: `${random.below(99)}` } }));
        if (random.below(10) === 0) peer.cache.putClaims(claimsOf(n, { revision: step }), "announced");
        if (place === 0 && peer.connection.state === "connected" && random.below(15) === 0) peer.cut();
        if (random.below(4) === 0) await sleep(random.below(4));
      }
      await settled(peers);
      const [first] = peers as [Peer];
      await vi.waitFor(() => {
        for (const { cache } of peers) {
          expect(contentsOf(cache), `seed ${random.seed}`).toEqual(contentsOf(first.cache));
        }
      }, 10_000);
    },
  );
});
