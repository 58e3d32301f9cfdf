import { WorkerProviderRuntime } from "../src/index.ts";
import { handleOf } from "./web-runtime.ts";

/**
 * Runs each portable provider in a web worker of its own. Made where the host runs. The server must send the worker's
 * script with the policy `default-src 'none'; script-src 'self' blob:`: it is what keeps providers off the network.
 */
export function webProviderRuntime(): WorkerProviderRuntime {
  return new WorkerProviderRuntime({
    targets: ["es2022-browser", "es2022-any"],
    startWorker: (name) =>
      handleOf(new Worker(new URL("./provider-worker.ts", import.meta.url), { type: "module", name })),
  });
}
