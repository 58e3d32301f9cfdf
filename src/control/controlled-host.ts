import type { ActorClaims } from "../claims/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";

/** An actor in an inventory. */
export interface InventoryActor {
  readonly id: string;
  readonly reference?: string;
  readonly name: string;
  readonly revision: number;
}

/** A provider in an inventory. */
export interface InventoryProvider {
  readonly id: string;
  readonly linkName: string;
  readonly reference?: string;
  readonly name: string;
  readonly revision: number;
}

/** What runs on a host. */
export interface Inventory {
  readonly labels: Readonly<Record<string, string>>;
  readonly actors: readonly InventoryActor[];
  readonly providers: readonly InventoryProvider[];
}

/** The host as the control interface sees it. */
export interface ControlledHost {
  /** The host's `N…` key. */
  readonly id: string;
  uptimeSeconds(): number;
  inventory(): Inventory;
  /** All claims the host knows, also of actors elsewhere. */
  knownClaims(): readonly ActorClaims[];
  knownLinks(): readonly LinkDefinition[];
  /** The actor key that a reference or key means. */
  resolveReference(reference: string): string;
  isActorRunning(key: string): boolean;
  /** Fetches, verifies and starts. Failures are told as events by the host, and thrown. */
  startActorFrom(reference: string): Promise<unknown>;
  stopActor(key: string): Promise<void>;
}
