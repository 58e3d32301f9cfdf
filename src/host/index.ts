export type {
  ActorDescription,
  HostDescription,
  LatticeDescription,
  LinkDescription,
  ProviderDescription,
} from "./description.ts";
export type { HostEventListener } from "./event-bus.ts";
export { Host, type JoinOptions } from "./host.ts";
export { HostBuilder } from "./host-builder.ts";
export type { HostOptions } from "./host-options.ts";
export type { LatticeConnections } from "./lattice-membership.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export type { ProviderStart } from "./provider-manager.ts";
