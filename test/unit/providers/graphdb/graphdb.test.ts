import { describe, expect, it } from "vitest";
import { GraphDbProvider, type GraphEngine } from "../../../../src/providers/index.ts";
import { rows } from "../../../conformance/providers/demand.ts";
import { graphDbDemands } from "../../../conformance/providers/graphdb.ts";
import { LinkedActors } from "../../../conformance/providers/linked-actor.ts";

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

  it("gives each actor its own graphs, and links with the same ROOT shared ones, until the last is gone", async () => {
    const asked: string[] = [];
    const actors = new LinkedActors(
      new GraphDbProvider({
        engine: async (space) => ({
          query: async (graph) => {
            asked.push(`${space}: ${graph}`);
            return { columns: 0, rows: [], statistics: [] };
          },
          delete: async () => undefined,
          close: async () => void asked.push(`${space} closed`),
        }),
      }),
    );
    await actors.link();
    await actors.link({ ROOT: " MA " }, "MB");
    await actors.link({ ROOT: "MA" }, "MC");
    for (const actor of ["MA", "MB", "MC"]) {
      await actors.ask("QueryGraph", { graphName: "g", query: "q" }, actor);
    }
    expect(asked.splice(0)).toEqual(["actor MA: g", "root MA: g", "root MA: g"]);
    await actors.unlink("MB");
    expect(asked).toEqual([]);
    await actors.unlink("MC");
    await actors.unlink("MA");
    expect(asked).toEqual(["root MA closed", "actor MA closed"]);
  });
});
