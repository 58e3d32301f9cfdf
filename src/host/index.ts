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
export type { BundledModules, HostOptions } from "./host-options.ts";
export type { LatticeConnections } from "./lattice-membership.ts";
export type { ReplicationSettings } from "./lattice-replica.ts";
export type { JoinOptions } from "./lattice-seat.ts";
export type { ProviderPlace } from "./launcher.ts";
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
export type { ApplyManifestOptions, ManifestFailure } from "./manifest-application.ts";
export { type Environment, substituteEnvironment } from "./manifest-environment.ts";
export type { ManifestExport } from "./manifest-export.ts";
export { formatManifest } from "./manifest-writer.ts";
export type { GrantRequest, ProviderGrantSettings } from "./provider-granting.ts";
export type { ProviderStart } from "./provider-manager.ts";
export type { TerminalTarget } from "./terminals.ts";
export { DEFAULT_UPDATE_POLICY, type UpdatePolicy } from "./update-policy.ts";
