import type { WorkerPort } from "../src/actors/index.ts";
import { type KuzuModule, runGraphWorker } from "../src/providers/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";

// The engine works in memory: it needs nothing that a page has.
removeAmbientAuthority(globalThis);
runGraphWorker(
  globalThis as unknown as WorkerPort,
  async () => (await import("kuzu-wasm/sync")).default as KuzuModule,
);
