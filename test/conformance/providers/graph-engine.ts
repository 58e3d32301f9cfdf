import { type Demand, same } from "./demand.ts";

/** A result as actors read it; a column's list that is not there is null. */
export interface GraphResult {
  readonly columns: readonly {
    readonly scalars: readonly object[] | null;
    readonly nodes: readonly unknown[] | null;
    readonly relations: readonly unknown[] | null;
  }[];
  readonly statistics: readonly string[];
}

/** An actor that asks one graph of a real engine, which keeps it. Demands share a scene, and run in order. */
export interface GraphScene {
  /** @throws an error whose message has what the engine says. */
  query(text: string): Promise<GraphResult>;
  remove(): Promise<void>;
  /** Ends all that runs, and starts it again with what was kept. */
  restart(): Promise<void>;
}

const TABLES = `CREATE NODE TABLE Person(name STRING PRIMARY KEY, age INT64, height DOUBLE);
  CREATE REL TABLE KNOWS(FROM Person TO Person, since INT64)`;
const PEOPLE =
  "CREATE (:Person {name: 'Ann', age: 30, height: 2.0})-[:KNOWS {since: 2001}]->(:Person {name: 'Bob'})";
const NOTHING = { boolValue: null, intValue: null, doubleValue: null, stringValue: null };
const NAMES = "MATCH (p:Person) RETURN p.name ORDER BY p.name";

/** The first column of scalars, by the one member that each has. */
async function valuesOf(scene: GraphScene, text: string): Promise<readonly unknown[]> {
  const { columns } = await scene.query(text);
  const scalars = columns[0]?.scalars ?? [];
  return scalars.map((scalar) => Object.values(scalar).find((value) => value !== null) ?? null);
}

async function refuses(work: Promise<unknown>, reason: RegExp): Promise<void> {
  const told = await work.then(
    () => "no error",
    (error: unknown) => (error as Error).message,
  );
  if (!reason.test(told)) throw new Error(`expected ${reason}, got ${told}`);
}

const demand = (title: string, run: (scene: GraphScene) => Promise<void>): Demand<GraphScene> => ({
  title,
  run,
});

/** What an engine must do behind the provider of `wasmcloud:graphdb`, for whoever asks. */
export const graphEngineDemands: readonly Demand<GraphScene>[] = [
  demand("a graph is there as soon as it is named, and takes data once it has tables", async (scene) => {
    same(await valuesOf(scene, "RETURN 1"), [1]);
    const lack = /Graph query failure: .*Table Person does not exist; .*CREATE NODE TABLE .*first/;
    await refuses(scene.query(PEOPLE), lack);
    await scene.query(TABLES);
    same((await scene.query(PEOPLE)).columns, []);
    same(await valuesOf(scene, NAMES), ["Ann", "Bob"]);
  }),
  demand("nodes, relations and scalars have the shapes of the contract", async (scene) => {
    const all = "a, k, b, a.height, b.age, a.age * 1000000000000, true, date('2020-02-03'), ['x', 'y']";
    const { columns, statistics } = await scene.query(`MATCH (a:Person)-[k:KNOWS]->(b) RETURN ${all}`);
    const name = (stringValue: string): object => ({ ...NOTHING, stringValue });
    same(columns, [
      column("nodes", {
        labels: ["Person"],
        properties: {
          name: name("Ann"),
          age: { ...NOTHING, intValue: 30 },
          height: { ...NOTHING, doubleValue: 2 },
        },
      }),
      column("relations", { typeName: "KNOWS", properties: { since: { ...NOTHING, intValue: 2001 } } }),
      column("nodes", { labels: ["Person"], properties: { name: name("Bob") } }),
      column("scalars", { ...NOTHING, doubleValue: 2 }),
      column("scalars", NOTHING),
      column("scalars", { ...NOTHING, intValue: 30_000_000_000_000 }),
      column("scalars", { ...NOTHING, boolValue: true }),
      column("scalars", { ...NOTHING, stringValue: "2020-02-03" }),
      column("scalars", { ...NOTHING, stringValue: '["x","y"]' }),
    ]);
    const lines = statistics.map((line) => line.replace(/\d+\.\d+/, "N"));
    same(lines, ["Query internal execution time: N milliseconds"]);
  }),
  demand("what is wrong with a query is said in the engine's words", async (scene) => {
    await refuses(
      scene.query("MATCH (a RETURN"),
      /Graph query failure: Parser exception: .*\(line: 1, offset: 9\)/,
    );
    await refuses(scene.query("RETURN 1/0"), /Graph query failure: Runtime exception: Divide by zero/);
    await refuses(scene.query(""), /Graph query failure: .*empty/);
    const half = "CREATE (:Person {name: 'Cleo'}); MATCH (p:Person) RETURN p.nmae";
    await refuses(scene.query(half), /Cannot find property nmae/);
    same(await valuesOf(scene, NAMES), ["Ann", "Bob", "Cleo"]);
  }),
  demand("a transaction that was left open is rolled back", async (scene) => {
    await scene.query("BEGIN TRANSACTION; CREATE (:Person {name: 'Dora'})");
    same(await valuesOf(scene, NAMES), ["Ann", "Bob", "Cleo"]);
  }),
  demand("a query that asks for too much is refused, and the graph is as it was", async (scene) => {
    await refuses(scene.query("RETURN repeat('x', 9000000)"), /a result of more than 8388608 bytes/);
    await refuses(scene.query("RETURN size(repeat('x', 300000000))"), /Unable to allocate memory/);
    same(await valuesOf(scene, NAMES), ["Ann", "Bob", "Cleo"]);
  }),
  demand("a graph outlives who asks it, until it is deleted", async (scene) => {
    await scene.restart();
    same(await valuesOf(scene, NAMES), ["Ann", "Bob", "Cleo"]);
    await scene.remove();
    await refuses(scene.query(NAMES), /Table Person does not exist/);
    await scene.remove();
  }),
];

function column(list: "scalars" | "nodes" | "relations", item: unknown): object {
  return { scalars: null, nodes: null, relations: null, [list]: [item] };
}
