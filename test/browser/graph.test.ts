import type { GraphResult, GraphScene } from "../conformance/providers/graph-engine.ts";
import { graphEngineDemands } from "../conformance/providers/graph-engine.ts";
import { testActor } from "../support/actors.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";

const { key } = testActor("graphquery");

/** The engine is 15 MB of script, compiled for the first query. */
const patience = { query: { callDeadlineMs: 60_000 } };

/** Runs the example actor with the graph provider of the tab. */
async function startGraphs(tab: Tab): Promise<void> {
  await tab.startActors("graphquery");
  const host = await tab.host();
  await host.evaluate((started) => started.startProviderFrom("weblattice:graphdb"));
  const { providers } = await tab.describe();
  const providerId = providers.find(({ contractId }) => contractId === "wasmcloud:graphdb")?.id ?? "";
  const link = { actorId: key, providerId, contractId: "wasmcloud:graphdb", linkName: "default", values: {} };
  await host.evaluate((linked, definition) => linked.setLink(definition), link);
}

/** What the actor answers to a request, as JSON. */
async function request(tab: Tab, method: string, body: string): Promise<unknown> {
  const http = { method, path: "/people", queryString: "", header: {}, body: new TextEncoder().encode(body) };
  const answer = (await tab.call(key, "HandleRequest", http)) as { readonly body: Uint8Array };
  return JSON.parse(new TextDecoder().decode(answer.body));
}

test("a graph in a worker of its own answers an actor, and outlives the tab", async ({ openTab }) => {
  test.setTimeout(120_000);
  let tab = await openTab(patience);
  await startGraphs(tab);
  const graphWorkers = (): readonly unknown[] =>
    tab.page.workers().filter((worker) => worker.url().includes("graph-worker"));
  expect(graphWorkers()).toEqual([]);

  const scene: GraphScene = {
    query: async (text) => {
      const { resultSet } = (await request(tab, "POST", text)) as { readonly resultSet: GraphResult };
      return resultSet;
    },
    remove: async () => {
      expect(await request(tab, "DELETE", "")).toEqual({ success: true });
    },
    restart: async () => {
      expect(graphWorkers()).toHaveLength(1);
      await tab.page.close();
      tab = await openTab(patience);
      await startGraphs(tab);
    },
  };
  for (const demand of graphEngineDemands) await test.step(demand.title, () => demand.run(scene));
});
