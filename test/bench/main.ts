import { writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { fileURLToPath } from "node:url";
import { buildActors } from "../../node/build/actors.ts";
import { startNatsServer } from "../../node/lattice/nats-server.ts";
import { type Stoppable, stopInTurn, stopOnSignal } from "../../node/start/stop-in-turn.ts";
import { tellFailure } from "../../node/system/tell-failure.ts";
import { testActor } from "../support/actors.ts";
import { ensureTools } from "../support/run/tools.ts";
import { buildPage, pageDirectory } from "./build-page.ts";
import { cacheCallComparisons } from "./cache-calls.ts";
import { measureCache } from "./cache-times.ts";
import { compare, type Outcome } from "./compare.ts";
import { comparisons } from "./comparisons.ts";
import { buildEdgeWorkers, EdgeBench, measureColdStarts } from "./edge-bench.ts";
import { guestCallComparisons } from "./guest-calls.ts";
import { InboundLoad } from "./inbound-load.ts";
import { measureMemory } from "./memory.ts";
import { type OpenTab, openTab } from "./open-tab.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { startPageServer } from "./page-server.ts";
import { cacheRow, comparisonHead, comparisonRow, memoryRow, NOTES, startRow } from "./report.ts";
import { measureStarts } from "./starts.ts";
import type { TabLine } from "./tab-line.ts";

const actorsDirectory = fileURLToPath(new URL("../../build/actors", import.meta.url));

/** `npm run bench`: this library's speed in Chromium, beside that of the platform's means alone. */
async function main(started: Stoppable[]): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return console.log(USAGE);
  const missing = await ensureTools(["chromium", "nats-server"]);
  if (missing.length > 0) throw new Error(missing.join("\n"));
  const [load = 0] = loadavg();
  console.log("Building the actors, the page and the edge workers ...");
  await buildActors({ log: () => undefined });
  await buildPage();
  await buildEdgeWorkers();

  const { tab, browser, inbound, lattice, open } = await setUp(started);
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    system: release(),
    node: process.version,
    browser,
    load,
  };
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${browser}`);
  console.log(`${busyness(load)}\n`);
  const edge = await EdgeBench.start();
  started.push(edge);
  const outcomes = await compareAll(options, tab, inbound, edge);
  await edge.stop();
  const starts = [...(await measureStarts(tab, options.only)), ...(await measureColdStarts(options.only))];
  console.log(`\n${starts.map(startRow).join("\n")}`);
  const cache = await measureCache(tab, lattice, options.only);
  console.log(cache.map(cacheRow).join("\n"));
  const memory = await measureMemory(open, options.only);
  console.log([...memory.map(memoryRow), ...NOTES].join("\n"));
  if (options.json === undefined) return;
  const record = { time: new Date().toISOString(), machine, options, outcomes, starts, cache, memory };
  writeFileSync(options.json, `${JSON.stringify(record, null, 2)}\n`);
}

/** @param load - processes that wanted to run during the last minute, before the benchmark's own did. */
function busyness(load: number): string {
  const rest =
    load > 0.5 ? "other programs keep it busy, so trust the ratios only" : "it had little else to do";
  return `Load of the machine at the start: ${load.toFixed(1)}; ${rest}`;
}

/** For tabs whose memory is measured: garbage would hide it, so the page has it collected. */
const MEASURABLE = ["--js-flags=--expose-gc"];

/** What is measured. */
interface SetUp {
  readonly tab: TabLine;
  readonly browser: string;
  readonly inbound: InboundLoad;
  /** WebSocket address of the nats-server. */
  readonly lattice: string;
  /** Opens one more tab in a browser of its own. */
  readonly open: (name: string) => Promise<OpenTab>;
}

/** Two browsers with a tab each and a client in Node, all on one nats-server. */
async function setUp(started: Stoppable[]): Promise<SetUp> {
  const own = <T extends Stoppable>(thing: T): T => {
    started.push(thing);
    return thing;
  };
  const nats = own(await startNatsServer({ jetStream: true }));
  const pages = own(await startPageServer({ page: pageDirectory, actors: actorsDirectory }));
  const lattice = nats.webSocketUrl;
  const [a, b] = [own(await openTab(pages, "a")), own(await openTab(pages, "b"))];
  const peer = { bareSubject: "bench.b", actor: testActor("bare").key };
  await b.line.ask("setUp", { actors: ["bare"], lattice, bareSubject: peer.bareSubject });
  const actors = ["echo", "kvcounter", "pinger", "ponger"];
  const browser = await a.line.ask("setUp", { actors, lattice, bareSubject: "bench.a", peer });
  const target = { actor: testActor("echo").key, bareSubject: "bench.a" };
  const inbound = own(await InboundLoad.connect(lattice, target));
  return {
    tab: a.line,
    browser,
    inbound,
    lattice,
    open: async (name) => own(await openTab(pages, name, MEASURABLE)),
  };
}

async function compareAll(
  options: BenchOptions,
  tab: TabLine,
  inbound: InboundLoad,
  edge: EdgeBench,
): Promise<Outcome[]> {
  const all = [
    ...(await guestCallComparisons()),
    ...(await cacheCallComparisons()),
    ...comparisons(tab, inbound),
    ...edge.comparisons(),
  ];
  const chosen = all.filter(({ title }) => title.includes(options.only));
  const outcomes: Outcome[] = [];
  if (chosen.length > 0) console.log(comparisonHead());
  for (const comparison of chosen) {
    const outcome = await compare(comparison, options);
    console.log(comparisonRow(outcome));
    outcomes.push(outcome);
  }
  return outcomes;
}

const started: Stoppable[] = [];
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    isInterrupted = true;
  });
}
stopOnSignal(started);
await main(started).catch((error: unknown) => {
  // What fails while everything is being stopped says nothing.
  if (!isInterrupted) tellFailure(error);
});
await stopInTurn(started);
