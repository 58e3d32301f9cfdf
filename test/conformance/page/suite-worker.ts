import { expose } from "comlink";
import { webRuntime } from "../../../web/web-runtime.ts";
import { observeAll } from "../observe.ts";
import type { EngineOutcome } from "../outcome.ts";
import { LACKING_IN_BROWSERS } from "../providers/ability.ts";
import { runNatsSuites } from "../providers/nats-suites.ts";
import { suitesOf } from "../providers/suites.ts";
import { runConformance } from "../strategies.ts";
import { asyncify } from "../suite/asyncify.ts";
import type { SuiteGuest } from "../suite/environment.ts";
import { runKeptCases } from "./kept-cases.ts";
import type { SuiteServers } from "./page-report.ts";

/** Runs the suite beside the page. */
const suiteWorker = {
  async run(onCase: (title: string) => void): Promise<EngineOutcome> {
    const keys = (await (await fetch("/guests/keys.json")).json()) as Record<string, string>;
    const guests = new Map<string, Promise<SuiteGuest>>();
    const outcome = await runConformance({
      onCase,
      makeRuntime: (allow) => webRuntime({ asyncify, ...(allow === undefined ? {} : { allow }) }),
      loadGuest: (name) => {
        const guest = guests.get(name) ?? loadGuest(name, keys[name] ?? "");
        guests.set(name, guest);
        return guest;
      },
    });
    // Providers do not depend on isolation: once is enough.
    if (!globalThis.crossOriginIsolated) return outcome;
    const kept = await runKeptCases(onCase);
    onCase("contracts");
    const { origin, servers } = (await (await fetch("/suite/servers")).json()) as SuiteServers;
    const contracts = await observeAll(suitesOf({ origin, lacks: LACKING_IN_BROWSERS, requestsAs: "parts" }));
    const overNats = await runNatsSuites(servers);
    return { ...outcome, cases: [...outcome.cases, ...kept, ...contracts, ...overNats] };
  },
};

async function loadGuest(name: string, key: string): Promise<SuiteGuest> {
  const response = await fetch(`/guests/${name}.wasm`);
  return { key, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** What the page may ask of this worker. */
export type SuiteWorker = typeof suiteWorker;

expose(suiteWorker);
