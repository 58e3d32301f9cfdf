import type { CapabilityProvider, GraphEngine, GraphRows, GraphValue } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:graphdb` on an engine, whose results have at most three rows. */
export type OpenGraphDb = (engine: () => Promise<GraphEngine>) => CapabilityProvider;

/** What the engine is told to answer, and what it was asked. */
class Engine implements GraphEngine {
  readonly asked: string[] = [];
  rows: GraphRows = { columns: 0, rows: [], statistics: [] };
  failure: Error | undefined;

  async query(graph: string, query: string): Promise<GraphRows> {
    this.asked.push(`${graph}: ${query}`);
    if (this.failure !== undefined) throw this.failure;
    return this.rows;
  }

  async delete(graph: string): Promise<void> {
    this.asked.push(`delete ${graph}`);
    if (this.failure !== undefined) throw this.failure;
  }

  async close(): Promise<void> {
    this.asked.push("close");
  }
}

const scalar = (value: object): GraphValue => ({ kind: "scalar", value });
const none = { boolValue: null, intValue: null, doubleValue: null, stringValue: null };
const QUERY = { graphName: "g", query: "MATCH (n) RETURN n" };

const demand = (
  title: string,
  run: (actors: LinkedActors, engine: Engine) => Promise<void>,
): Demand<OpenGraphDb> => ({
  title,
  run: async (open) => {
    const engine = new Engine();
    const actors = new LinkedActors(open(async () => engine));
    await actors.link();
    await run(actors, engine);
    await actors.provider.stop();
  },
});

/** What every provider of `wasmcloud:graphdb` must do with whatever engine it has. */
export const graphDbDemands: readonly Demand<OpenGraphDb>[] = [
  demand("a query is passed on, and its rows become columns of one kind each", async (actors, engine) => {
    const node: GraphValue = { kind: "node", value: { labels: ["L"], properties: { p: { intValue: 7 } } } };
    const relation: GraphValue = { kind: "relation", value: { typeName: "T", properties: {} } };
    const rows = [
      [scalar({ intValue: 1 }), node, relation],
      [scalar({}), node, relation],
    ];
    engine.rows = { columns: 3, rows, statistics: ["s"] };
    const [wireNode, wireRelation] = [
      { labels: ["L"], properties: { p: { ...none, intValue: 7 } } },
      { typeName: "T", properties: {} },
    ];
    same(await actors.ask("QueryGraph", QUERY), {
      resultSet: {
        columns: [
          { scalars: [{ ...none, intValue: 1 }, none], nodes: null, relations: null },
          { scalars: null, nodes: [wireNode, wireNode], relations: null },
          { scalars: null, nodes: null, relations: [wireRelation, wireRelation] },
        ],
        statistics: ["s"],
      },
    });
    same(engine.asked, ["g: MATCH (n) RETURN n"]);
  }),
  demand("a result without rows has its columns all the same", async (actors, engine) => {
    engine.rows = { columns: 2, rows: [], statistics: [] };
    const empty = { scalars: [], nodes: null, relations: null };
    same(await actors.ask("QueryGraph", QUERY), { resultSet: { columns: [empty, empty], statistics: [] } });
  }),
  demand("what goes wrong is told in the words of old", async (actors, engine) => {
    const relation: GraphValue = { kind: "relation", value: { typeName: "T", properties: {} } };
    engine.rows = { columns: 1, rows: [[scalar({})], [relation]], statistics: [] };
    const mixed = "Graph query failure: column 1 has items of several kinds";
    await refused(actors.ask("QueryGraph", QUERY), "provider.failure", mixed);
    engine.rows = { columns: 1, rows: Array.from({ length: 4 }, () => [scalar({})]), statistics: [] };
    await refused(
      actors.ask("QueryGraph", QUERY),
      "provider.failure",
      "Graph query failure: more than 3 rows",
    );
    engine.failure = new Error("it is locked");
    await refused(actors.ask("QueryGraph", QUERY), "provider.failure", "Graph query failure: it is locked");
    const graph = { graphName: "g" };
    await refused(
      actors.ask("DeleteGraph", graph),
      "provider.failure",
      "Failed to delete graph: it is locked",
    );
  }),
  demand("graphs are deleted", async (actors, engine) => {
    same(await actors.ask("DeleteGraph", { graphName: "g" }), { success: true });
    same(engine.asked, ["delete g"]);
  }),
  demand("wrong payloads, unknown operations and calls without a link are refused", async (actors) => {
    const undecodable = /^Failed to de-serialize: /;
    await refused(actors.ask("QueryGraph", { query: "x" }), "provider.bad_request", undecodable);
    await refused(actors.ask("Query", QUERY), "provider.unknown_operation", "bad dispatch");
    await refused(actors.ask("QueryGraph", QUERY, "MB"), "link.not_found");
  }),
];
