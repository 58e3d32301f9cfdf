import { webSocketFactory } from "../../node/index.ts";
import { connectNats } from "../../src/index.ts";
import { CacheReplication, LatticeCache, type LatticeConnection } from "../../src/lattice/index.ts";
import { MemoryStore } from "../../src/storage/index.ts";
import { median } from "./figures.ts";
import { linkOf, MANY_ENTRIES } from "./many-entries.ts";
import { StoredCache } from "./stored-cache.ts";
import type { TabLine } from "./tab-line.ts";

/** How long something takes that is done with many cache entries at once. */
export interface CacheTimes {
  readonly title: string;
  readonly entries: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

const ROUNDS = 5;
/** Each link is two events. */
const REPLAYED_LINKS = 50_000;

/** Measures restores, and a replay to an instance that joins. */
export async function measureCache(tab: TabLine, lattice: string, only: string): Promise<CacheTimes[]> {
  const memory = new StoredCache(new MemoryStore({ maxBytes: 2 ** 30 }));
  const things: readonly {
    title: string;
    entries: number;
    prepare?: () => Promise<unknown>;
    run: () => Promise<number>;
  }[] = [
    {
      title: "cache, restore in Chromium",
      entries: MANY_ENTRIES,
      prepare: () => tab.ask("storeCache"),
      run: () => tab.ask("restoreCache"),
    },
    {
      title: "cache, restore in Node, memory",
      entries: MANY_ENTRIES,
      prepare: () => memory.fill(),
      run: () => memory.restore(),
    },
    { title: "cache, replay of events in Node", entries: REPLAYED_LINKS * 2, run: replayTimer(lattice) },
  ];
  const outcomes: CacheTimes[] = [];
  for (const { title, entries, prepare, run } of things.filter((thing) => thing.title.includes(only))) {
    await prepare?.();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await run());
    outcomes.push({ title, entries, medianMs: median(times), worstMs: Math.max(...times) });
  }
  return outcomes;
}

/** Times how long an instance takes to join another that has everything; both are in this process. */
function replayTimer(lattice: string): () => Promise<number> {
  const cache = new LatticeCache();
  for (let n = 0; n < REPLAYED_LINKS; n++) cache.putLink(linkOf(n));
  return async () => {
    const [here, there] = await Promise.all([connect(lattice), connect(lattice)]);
    const full = await CacheReplication.start({ connection: there, cache });
    await there.flush();
    const learned = new LatticeCache();
    const started = performance.now();
    const joining = await CacheReplication.start({ connection: here, cache: learned });
    const ms = performance.now() - started;
    if (learned.allLinks().length !== REPLAYED_LINKS) throw new Error("The replay was not complete");
    await joining.close();
    await full.close();
    await Promise.all([here.close(), there.close()]);
    return ms;
  };
}

function connect(servers: string): Promise<LatticeConnection> {
  return connectNats({ servers, webSocketFactory });
}
