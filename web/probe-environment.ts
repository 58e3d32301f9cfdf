import { supportsEd25519, type WorkerActorRuntime } from "../src/index.ts";
import type { Environment } from "./environment.ts";
import type { OriginFiles } from "./origin-files.ts";

/** Finds out what this browser offers, by trying it in the workers that will use it. */
export async function probeEnvironment(
  runtime: WorkerActorRuntime,
  files: Promise<OriginFiles | undefined>,
): Promise<Environment> {
  const strategies = await runtime.available();
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  return {
    jspi: strategies.includes("jspi"),
    sharedMemory: strategies.includes("shared-memory"),
    crossOriginIsolated: globalThis.crossOriginIsolated,
    webCryptoEd25519: await supportsEd25519(),
    // The probe itself runs in a worker that this worker started.
    nestedWorkers: true,
    privateFiles: (await files)?.access ?? "none",
    ...(estimate?.quota === undefined ? {} : { storageQuota: estimate.quota }),
    userAgent: navigator.userAgent,
  };
}
