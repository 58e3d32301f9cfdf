import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { nodeGraphWorkerScript } from "../../../../node/build/node-worker.ts";
import { threadGraphWorker } from "../../../../node/index.ts";
import {
  GraphDbProvider,
  MemoryStore,
  type Store,
  WorkerGraphs,
  type WorkerGraphsOptions,
} from "../../../../src/index.ts";
import { rows } from "../../../conformance/providers/demand.ts";
import {
  type GraphResult,
  type GraphScene,
  graphEngineDemands,
} from "../../../conformance/providers/graph-engine.ts";
import { LinkedActors } from "../../../conformance/providers/linked-actor.ts";

type Settings = Partial<WorkerGraphsOptions>;

const startWorker = threadGraphWorker({ script: nodeGraphWorkerScript });
const opened: LinkedActors[] = [];
afterAll(() => Promise.all(opened.map(({ provider }) => provider.stop())));

async function actorsOn(store: Store, settings: Settings = {}): Promise<LinkedActors> {
  const graphs = new WorkerGraphs({ startWorker, store, ...settings });
  const actors = new LinkedActors(new GraphDbProvider({ engine: async (space) => graphs.space(space) }));
  opened.push(actors);
  await actors.link();
  return actors;
}

async function ask(actors: LinkedActors, query: string, actor = "MA"): Promise<GraphResult> {
  const reply = await actors.ask("QueryGraph", { graphName: "people", query }, actor);
  return (reply as { readonly resultSet: GraphResult }).resultSet;
}

async function first(actors: LinkedActors, query: string, actor?: string): Promise<unknown> {
  return (await ask(actors, query, actor)).columns[0]?.scalars;
}

describe("graphs in threads", () => {
  const store = new MemoryStore();
  let actors: LinkedActors | undefined;
  const current = async (): Promise<LinkedActors> => (actors ??= await actorsOn(store));
  const scene: GraphScene = {
    query: async (query) => ask(await current(), query),
    remove: async () => {
      expect(await (await current()).ask("DeleteGraph", { graphName: "people" })).toEqual({ success: true });
    },
    restart: async () => {
      await actors?.provider.stop();
      actors = undefined;
    },
  };

  it.each(rows(graphEngineDemands))("%s", async (_, demand) => {
    await demand.run(scene);
  });
});

describe("an open graph", () => {
  const store = new MemoryStore();
  const fill = (from: number, to: number): string => `UNWIND range(${from}, ${to}) AS i CREATE (:N {i: i})`;
  const COUNT = "MATCH (n:N) RETURN count(*)";
  const ENDLESS = "MATCH (a:N), (b:N), (c:N), (d:N) WHERE a.i * b.i * c.i = -d.i RETURN count(*)";
  const bounds = { maxOpen: 1, maxRows: 1_999, maxGraphBytes: 1024 * 1024, maxMemoryBytes: 32 * 1024 * 1024 };
  let bounded: LinkedActors;

  it("gives as many rows as are allowed", async () => {
    bounded = await actorsOn(store, bounds);
    await ask(bounded, `CREATE NODE TABLE N(i INT64 PRIMARY KEY, t STRING); ${fill(1, 2_000)}`);
    await expect(ask(bounded, "MATCH (n:N) RETURN n.i")).rejects.toThrow("more than 1999 rows");
  });

  it("ends with a query that takes all memory", async () => {
    await expect(ask(bounded, fill(3_000, 300_000))).rejects.toThrow(
      "Graph query failure: the engine needs more than its 33554432 bytes of memory",
    );
  });

  it("is another one for another actor, whatever its name", async () => {
    await bounded.link({}, "MB");
    await expect(ask(bounded, COUNT, "MB")).rejects.toThrow("Table N does not exist");
  });

  it("ends with a query that never does", async () => {
    const hurried = await actorsOn(store, { queryMs: 500 });
    await expect(ask(hurried, ENDLESS)).rejects.toThrow(
      "Graph query failure: The query was ended after 500 ms; nothing of it was kept",
    );
  });

  it("has lost nothing, sees what another host changed, and stays as it was where the store has no room", async () => {
    await ask(await actorsOn(store), fill(2_001, 2_001));
    expect(await first(bounded, COUNT)).toMatchObject([{ intValue: 2_001 }]);
    const large = "UNWIND range(5000, 5009) AS i CREATE (:N {i: i, t: repeat('x', 200000)})";
    await expect(ask(bounded, large)).rejects.toThrow("A graph has at most 1048576 bytes");
    expect(await first(bounded, COUNT)).toMatchObject([{ intValue: 2_001 }]);
  });
});

describe("a worker of a graph", () => {
  const graphsBy = (script: URL): Promise<LinkedActors> =>
    actorsOn(new MemoryStore(), { startWorker: threadGraphWorker({ script }) });

  it("that cannot be started is told about", async () => {
    const actors = await graphsBy(new URL("no-such-script.js", nodeGraphWorkerScript));
    await expect(ask(actors, "RETURN 1")).rejects.toThrow(
      "Graph query failure: The worker of the graph failed: ",
    );
  });

  it("without the package of the engine says how to install it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "weblattice-graph-"));
    await copyFile(nodeGraphWorkerScript, join(folder, "graph-worker.mjs"));
    const actors = await graphsBy(pathToFileURL(join(folder, "graph-worker.mjs")));
    await expect(ask(actors, "RETURN 1")).rejects.toThrow(
      /Graph query failure: .* npm install kuzu-wasm@0\.11\.3/s,
    );
    await rm(folder, { recursive: true });
  });
});
