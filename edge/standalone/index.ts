export type { SqlDatabase, SqlStatement } from "./object-storage.ts";
export type { BunSocket, BunSocketHandlers } from "./runtime-sockets.ts";
export { type Standalone, type StandaloneOptions, type StandaloneWorker, standalone } from "./standalone.ts";
