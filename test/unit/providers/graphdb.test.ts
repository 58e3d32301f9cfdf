import { describe, expect, it } from "vitest";
import { GraphDbProvider, type GraphEngine } from "../../../src/providers/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { graphDbDemands } from "../../conformance/providers/graphdb.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

describe("the graph provider, like every one", () => {
  it.each(rows(graphDbDemands))("%s", async (_, demand) => {
    await demand.run((engine) => new GraphDbProvider({ engine, maxRows: 3 }));
  });
});

describe("the graph provider", () => {
  it("loads its engine once it is needed, again after a failure, and closes it", async () => {
    const asked: string[] = [];
    const engine: GraphEngine = {
      query: async () => ({ columns: 0, rows: [], statistics: [] }),
      delete: async () => undefined,
      close: async () => void asked.push("close"),
    };
    let loads = 0;
    const actors = new LinkedActors(
      new GraphDbProvider({
        engine: async () => {
          if (++loads === 1) throw new Error("no network");
          return engine;
        },
      }),
    );
    await actors.link();
    expect(loads).toBe(0);
    const query = { graphName: "g", query: "q" };
    await expect(actors.ask("QueryGraph", query)).rejects.toThrow("Could not open graph: no network");
    await Promise.all([actors.ask("QueryGraph", query), actors.ask("QueryGraph", query)]);
    expect(loads).toBe(2);
    await actors.provider.stop();
    await actors.provider.stop();
    expect(asked).toEqual(["close"]);
  });
});
