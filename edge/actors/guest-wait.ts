import probe from "weblattice:jspi-probe";
import { inspectModule, probeJspi } from "../../src/wapc/index.ts";
import type { BundledActor } from "./bundled-actor.ts";

/** How guests of this adapter wait for host calls; `none`: they make none, or cannot wait here. */
export type GuestWait = "jspi" | "asyncify" | "none";

let isSuspendable: boolean | undefined;

/** Whether the engine can suspend guests. Only the result is kept: a promise of one request may never settle for another. */
export async function canSuspend(): Promise<boolean> {
  isSuspendable ??= await probeJspi(probe);
  return isSuspendable;
}

/**
 * How a bundled actor will wait.
 *
 * @throws HostError `module.no_guest_call`, `module.no_memory`, `module.unknown_import`.
 */
export async function guestWait({ module, asyncified }: BundledActor): Promise<GuestWait> {
  if (!inspectModule(module).callsHost) return "none";
  if (asyncified) return "asyncify";
  return (await canSuspend()) ? "jspi" : "none";
}
