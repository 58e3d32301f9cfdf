export type { ActorLimits, ActorStartOptions } from "./actor-start-options.ts";
export type {
  ActorDescription,
  HostDescription,
  LatticeDescription,
  LinkDescription,
  ProviderDescription,
} from "./description.ts";
export type { HostEventListener } from "./event-bus.ts";
export { Host } from "./host.ts";
export { HostBuilder } from "./host-builder.ts";
export type { HostOptions } from "./host-options.ts";
export type { LatticeConnections } from "./lattice-membership.ts";
export type { JoinOptions } from "./lattice-seat.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export {
  MANIFEST_LIMITS,
  type Manifest,
  type ManifestCapability,
  type ManifestFormat,
  type ManifestOptions,
  manifestFormat,
  parseManifest,
} from "./manifest.ts";
export { type Environment, substituteEnvironment } from "./manifest-environment.ts";
export type { ProviderStart } from "./provider-manager.ts";
