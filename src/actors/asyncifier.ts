import { type Store, TransformCache } from "../storage/index.ts";
import type { Logger } from "../telemetry/index.ts";
import { ASYNCIFY_VERSION, asyncifyModule, loadBinaryen } from "../wapc/index.ts";

/** What an {@link asyncifier} works with. */
export interface AsyncifierOptions {
  /** Keeps rewritten modules, so that each is rewritten once. */
  readonly store: Store;
  /** Told when the store fails. */
  readonly logger: Logger;
}

/** Rewrites modules for the strategy `asyncify`. The tool for it, of 15 MB, is loaded at the first use. */
export function asyncifier({ store, logger }: AsyncifierOptions): (bytes: Uint8Array) => Promise<Uint8Array> {
  const cache = new TransformCache({ store, log: logger, name: "asyncify", version: ASYNCIFY_VERSION });
  return (bytes) => cache.get(bytes, async (input) => asyncifyModule(input, await loadBinaryen()));
}
