import { parentPort } from "node:worker_threads";
import { type KuzuModule, runGraphWorker } from "../../src/providers/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";
import { disarmProcess } from "./process-authority.ts";
import { webPort } from "./thread-port.ts";

if (parentPort === null) throw new Error("this script runs in a worker only");
const thread = process;
// First: to load a package takes what is then taken away.
const [engine] = await Promise.allSettled([import("kuzu-wasm/sync")]);
removeAmbientAuthority(globalThis);
disarmProcess(thread);
// The engine's build for browsers works here if it takes the thread for a worker of a page.
Object.assign(globalThis, {
  WorkerGlobalScope: class {},
  self: globalThis,
  location: { href: "file:///graph-worker" },
});
runGraphWorker(webPort(parentPort), async () => {
  if (engine.status === "rejected") throw engine.reason;
  return engine.value.default as KuzuModule;
});
