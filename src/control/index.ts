export { ControlServer, type ControlServerOptions } from "./control-server.ts";
export type { ControlledHost, Inventory, InventoryActor, InventoryProvider } from "./controlled-host.ts";
