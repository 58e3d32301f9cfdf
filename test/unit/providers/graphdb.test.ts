import { describe, expect, it } from "vitest";
import {
  GraphDbProvider,
  type GraphEngine,
  type GraphRows,
  type GraphValue,
} from "../../../src/providers/index.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

const scalar = (value: object): GraphValue => ({ kind: "scalar", value });
const none = { boolValue: null, intValue: null, doubleValue: null, stringValue: null };

/** An engine with one answer: what engines do is tested where there is one. */
function answering(answer: () => GraphRows): GraphEngine & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    query: async (graph, query) => {
      asked.push(`${graph}: ${query}`);
      return answer();
    },
    delete: async (graph) => {
      asked.push(`delete ${graph}`);
      if (graph === "locked") throw new Error("it is locked");
    },
    close: async () => void asked.push("close"),
  };
}

async function linked(engine: () => Promise<GraphEngine>, maxRows = 3): Promise<LinkedActors> {
  const actors = new LinkedActors(new GraphDbProvider({ engine, maxRows }));
  await actors.link();
  return actors;
}

const QUERY = { graphName: "g", query: "MATCH (n) RETURN n" };
const rows = (...rows: GraphValue[][]): GraphRows => ({
  columns: rows[0]?.length ?? 1,
  rows,
  statistics: ["s"],
});

describe("a graph query", () => {
  it("is passed on, and its rows become columns of one kind each", async () => {
    const node: GraphValue = { kind: "node", value: { labels: ["L"], properties: { p: { intValue: 7 } } } };
    const relation: GraphValue = { kind: "relation", value: { typeName: "T", properties: {} } };
    const engine = answering(() =>
      rows([scalar({ intValue: 1 }), node, relation], [scalar({}), node, relation]),
    );
    const actors = await linked(async () => engine);
    const wireNode = { labels: ["L"], properties: { p: { ...none, intValue: 7 } } };
    const wireRelation = { typeName: "T", properties: {} };
    expect(await actors.ask("QueryGraph", QUERY)).toEqual({
      resultSet: {
        columns: [
          { scalars: [{ ...none, intValue: 1 }, none], nodes: null, relations: null },
          { scalars: null, nodes: [wireNode, wireNode], relations: null },
          { scalars: null, nodes: null, relations: [wireRelation, wireRelation] },
        ],
        statistics: ["s"],
      },
    });
    expect(engine.asked).toEqual(["g: MATCH (n) RETURN n"]);
  });

  it("without rows has its columns all the same", async () => {
    const actors = await linked(async () => answering(() => ({ columns: 2, rows: [], statistics: [] })));
    const empty = { scalars: [], nodes: null, relations: null };
    expect(await actors.ask("QueryGraph", QUERY)).toEqual({
      resultSet: { columns: [empty, empty], statistics: [] },
    });
  });

  it.each([
    ["fails", () => Promise.reject(new Error("syntax error")) as never, "Graph query failure: syntax error"],
    [
      "has a column of several kinds",
      () => rows([scalar({})], [{ kind: "relation", value: { typeName: "T", properties: {} } }]),
      "Graph query failure: column 1 has items of several kinds",
    ],
    [
      "has too many rows",
      () => rows([scalar({})], [scalar({})], [scalar({})], [scalar({})]),
      "Graph query failure: more than 3 rows",
    ],
  ])("that %s is an error in the words of old", async (_, answer, message) => {
    const actors = await linked(async () => answering(answer));
    await expect(actors.ask("QueryGraph", QUERY)).rejects.toMatchObject({
      code: "provider.failure",
      message,
    });
  });
});

describe("a graph provider", () => {
  it("deletes graphs, and says why one cannot be", async () => {
    const actors = await linked(async () => answering(() => rows()));
    expect(await actors.ask("DeleteGraph", { graphName: "g" })).toEqual({ success: true });
    await expect(actors.ask("DeleteGraph", { graphName: "locked" })).rejects.toThrow(
      "Failed to delete graph: it is locked",
    );
  });

  it("loads its engine once it is needed, again after a failure, and closes it", async () => {
    const engine = answering(() => rows([scalar({})]));
    let loads = 0;
    const actors = await linked(async () => {
      if (++loads === 1) throw new Error("no network");
      return engine;
    });
    expect(loads).toBe(0);
    await expect(actors.ask("QueryGraph", QUERY)).rejects.toThrow("Could not open graph: no network");
    await Promise.all([actors.ask("QueryGraph", QUERY), actors.ask("QueryGraph", QUERY)]);
    expect(loads).toBe(2);
    await actors.provider.stop();
    await actors.provider.stop();
    expect(engine.asked.filter((asked) => asked === "close")).toEqual(["close"]);
  });

  it("refuses wrong payloads, unknown operations and calls without a link", async () => {
    const actors = await linked(async () => answering(() => rows()));
    await expect(actors.ask("QueryGraph", { query: "x" })).rejects.toMatchObject({
      code: "provider.bad_request",
    });
    await expect(actors.ask("Query", QUERY)).rejects.toMatchObject({ message: "bad dispatch" });
    await expect(actors.ask("QueryGraph", QUERY, "MB")).rejects.toMatchObject({ code: "link.not_found" });
  });
});
