import { fileURLToPath } from "node:url";
import type { MiniflareOptions } from "miniflare";
import { ensureCommand } from "../../node/system/debian-packages.ts";
import { runCommand } from "../../node/system/run-command.ts";
import { testActor } from "../support/actors.ts";
import { buildWorker } from "../support/edge/build.ts";
import { startWorkerd, type Workerd } from "../support/edge/workerd.ts";
import type { Comparison } from "./compare.ts";
import { type Figures, median } from "./figures.ts";
import type { StartTimes } from "./starts.ts";
import type { Side } from "./tab-api.ts";

const directory = fileURLToPath(new URL("../../build/bench/edge", import.meta.url));
const COLD_STARTS = 7;
/** Calls of one request into the object. */
const CALLS = 500;

const OPTIONS: Readonly<Record<Side, MiniflareOptions>> = {
  ours: {
    ...common("ours"),
    durableObjects: { HOST_OBJECT: { className: "HostObject", useSQLite: true } },
  },
  bare: { ...common("bare"), durableObjects: { BARE: { className: "BareObject", useSQLite: true } } },
};

function common(side: Side) {
  return {
    rootPath: `${directory}/${side}`,
    scriptPath: "worker.js",
    modules: true,
    modulesRules: [{ type: "CompiledWasm" as const, include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
  };
}

/** Builds both workers. */
export async function buildEdgeWorkers(): Promise<void> {
  await buildWorker("test/edge/worker/bench-worker.ts", `${directory}/ours`);
  await buildWorker("test/edge/worker/bare-worker.ts", `${directory}/bare`);
}

/** A host on the edge and a bare worker, each in a workerd of its own. */
export class EdgeBench {
  readonly #wrk: string;
  readonly #sides: Readonly<Record<Side, Workerd>>;

  private constructor(wrk: string, sides: Readonly<Record<Side, Workerd>>) {
    this.#wrk = wrk;
    this.#sides = sides;
  }

  static async start(): Promise<EdgeBench> {
    const wrk = await ensureCommand({ command: "wrk", debianPackage: "wrk" });
    const ours = await startWorkerd(OPTIONS.ours);
    const bare = await startWorkerd(OPTIONS.bare);
    return new EdgeBench(wrk, { ours, bare });
  }

  comparisons(): Comparison[] {
    const http = (path: string, title: string) =>
      [1, 32].map(
        (inFlight): Comparison => ({
          title,
          bare: "hello, world on the same workerd",
          bytes: 0,
          inFlight,
          measure: (side, ms) => this.#load(side, side === "ours" ? path : "/", inFlight, ms),
        }),
      );
    const calls = [1, 32].map(
      (inFlight): Comparison => ({
        title: "edge, call into the object",
        bare: "an object's own method",
        bytes: 100,
        inFlight,
        measure: (side) => this.#calls(side, 100, inFlight),
      }),
    );
    return [...http("/echo", "edge, HTTP by echo"), ...http("/count", "edge, HTTP by kvcounter"), ...calls];
  }

  async stop(): Promise<void> {
    await Promise.all([this.#sides.ours.stop(), this.#sides.bare.stop()]);
  }

  /** wrk measures whole seconds. */
  async #load(side: Side, path: string, inFlight: number, ms: number): Promise<Figures> {
    const seconds = Math.max(1, Math.round(ms / 1_000));
    const args = ["-t1", `-c${inFlight}`, `-d${seconds}s`, "--latency", this.#sides[side].url + path];
    return readWrk(await runCommand(this.#wrk, args, { timeoutMs: seconds * 1_000 + 10_000 }));
  }

  async #calls(side: Side, bytes: number, inFlight: number): Promise<Figures> {
    const query = `bytes=${bytes}&inFlight=${inFlight}&calls=${CALLS}&actor=${testActor("echo").key}`;
    const started = performance.now();
    const response = await fetch(`${this.#sides[side].url}/call?${query}`);
    if ((await response.text()) !== "done") throw new Error(`The calls of ${side} failed`);
    const seconds = (performance.now() - started) / 1_000;
    const eachMs = (seconds * 1_000 * inFlight) / CALLS;
    return { calls: CALLS, perSecond: CALLS / seconds, p50Ms: eachMs, p99Ms: eachMs };
  }
}

/** From the start of a process to its first answer, ours and bare by turns. */
export async function measureColdStarts(only: string): Promise<StartTimes[]> {
  const title = "edge, cold start to first answer";
  if (!title.includes(only)) return [];
  const times: Record<Side, number[]> = { ours: [], bare: [] };
  for (let start = 0; start < COLD_STARTS; start++) {
    for (const side of ["ours", "bare"] as const) {
      const workerd = await startWorkerd(OPTIONS[side]);
      const started = performance.now();
      const response = await fetch(`${workerd.url}/echo`);
      await response.arrayBuffer();
      times[side].push(performance.now() - started);
      await workerd.stop();
      if (response.status !== 200) throw new Error(`The first answer of ${side} was ${response.status}`);
    }
  }
  const summary = (all: readonly number[]) => ({ medianMs: median(all), worstMs: Math.max(...all) });
  return [
    {
      title,
      bare: "hello, world on the same workerd",
      times: { ours: summary(times.ours), bare: summary(times.bare) },
    },
  ];
}

function readWrk(output: string): Figures {
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk saw failures:\n${output}`);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  const calls = Number(/(\d+) requests in/.exec(output)?.[1]);
  const quantile = (percent: number): number => {
    const [, value = "", unit = ""] =
      new RegExp(`^\\s*${percent}%\\s+([\\d.]+)(us|ms|s)\\s*$`, "m").exec(output) ?? [];
    return Number(value) * (unit === "us" ? 0.001 : unit === "s" ? 1_000 : 1);
  };
  return { calls, perSecond, p50Ms: quantile(50), p99Ms: quantile(99) };
}
