import { asyncifyModule, loadBinaryen } from "../../../src/wapc/index.ts";

/** Rewrites a guest for the strategy `asyncify`; loads what does it at the first guest. */
export async function asyncify(bytes: Uint8Array): Promise<Uint8Array> {
  return asyncifyModule(bytes, await loadBinaryen());
}
