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
  /** What the constraints of auctions are compared with. */
  labels(): Readonly<Record<string, string>>;
  inventory(): Inventory;
  /** All claims the host knows, also of actors elsewhere. */
  knownClaims(): readonly ActorClaims[];
  knownLinks(): readonly LinkDefinition[];
  /** The actor or provider key that a reference or key means. */
  resolveReference(reference: string): string;
  isActorRunning(key: string): boolean;
  /** By the link name exactly as given: an empty one is not normalised. Protocol section 8.4. */
  isProviderRunning(key: string, linkName: string): boolean;
  /** Fetches, verifies and starts. Failures are told as events by the host, and thrown. */
  startActorFrom(reference: string): Promise<unknown>;
  stopActor(key: string): Promise<void>;
  /**
   * Fetches, verifies and starts. Failures are told as events by the host, and thrown.
   *
   * @param linkName - empty stands for `default`.
   */
  startProviderFrom(reference: string, linkName: string): Promise<unknown>;
  stopProvider(key: string, linkName: string): Promise<void>;
  /**
   * Replaces a running actor by a newer revision. The outcome is told as events by the host; refusals, that of a
   * `:latest` reference included, are thrown. Protocol section 6.5.
   */
  updateActorFrom(key: string, reference: string): Promise<unknown>;
}
