import { proxy, wrap } from "comlink";
import type { PageReport } from "./page-report.ts";
import type { SuiteWorker } from "./suite-worker.ts";

/** Tells the server that the page came from: no driver is needed, and none slows the page down. */
async function tell(path: string, body: string): Promise<void> {
  await fetch(path, { method: "POST", body });
}

function report(result: Pick<PageReport, "outcome" | "failure">): Promise<void> {
  const { userAgent } = navigator;
  const whole: PageReport = { userAgent, isolated: globalThis.crossOriginIsolated, ...result };
  return tell("/suite/report", JSON.stringify(whole));
}

/** The host lives in a worker, as it does in the dashboard. */
const worker = new Worker(new URL("./suite-worker.ts", import.meta.url), { type: "module", name: "suite" });
worker.addEventListener("error", ({ message }) => void report({ failure: `the worker failed: ${message}` }));
wrap<SuiteWorker>(worker)
  .run(proxy((title: string) => void tell("/suite/current", title)))
  .then((outcome) => report({ outcome }))
  .catch((error: unknown) => report({ failure: String(error) }));
