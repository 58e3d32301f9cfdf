import type { WorkerPort } from "../src/actors/index.ts";
import { runProviderWorker } from "../src/providers/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";

const { createObjectURL, revokeObjectURL } = URL;

/** Imports exactly these bytes. What the module imports itself, the policy of this script refuses. */
async function importBytes(code: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const url = createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    revokeObjectURL(url);
  }
}

removeAmbientAuthority(globalThis);
Reflect.deleteProperty(URL, "createObjectURL");
const log = runProviderWorker(globalThis as unknown as WorkerPort, importBytes);
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  log(event.reason);
});
