export type { Environment } from "./environment.ts";
export type {
  CallOutcome,
  HttpRoute,
  JoinOptions,
  ProviderChoice,
  StartOptions,
  WatchMessage,
} from "./host-api.ts";
export { createHostClient, type HostClient } from "./host-client.ts";
export { IndexedDbStore } from "./indexed-db-store.ts";
export { webLabels } from "./labels.ts";
export { type FileAccess, OriginFiles, type OriginFilesOptions } from "./origin-files.ts";
export { type HttpService, type ServeHttpOptions, serveHttp } from "./service-worker/serve-http.ts";
export type { TerminalSession } from "./terminal/terminal-session.ts";
export { startGraphWorker } from "./web-graph-worker.ts";
export { webProviderRuntime } from "./web-provider-runtime.ts";
export { type WebRuntimeOptions, webRuntime } from "./web-runtime.ts";
