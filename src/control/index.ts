export type { Constraints } from "./auction-messages.ts";
export type { ControlClientOptions } from "./client-options.ts";
export type {
  ActorBid,
  HostInventory,
  HostSummary,
  ListedActor,
  ListedClaims,
  ListedProvider,
  ProviderBid,
} from "./client-replies.ts";
export { type CollectOptions, ControlClient } from "./control-client.ts";
export { ControlServer, type ControlServerOptions } from "./control-server.ts";
export type { ControlledHost, Inventory, InventoryActor, InventoryProvider } from "./controlled-host.ts";
export type { PublishedEvent, PublishedEventBody, PublishedState } from "./event-messages.ts";
