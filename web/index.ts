export type { Environment } from "./environment.ts";
export type { CallOutcome, JoinOptions, ProviderChoice, StartOptions, WatchMessage } from "./host-api.ts";
export { createHostClient, type HostClient } from "./host-client.ts";
export { webLabels } from "./labels.ts";
export type { TerminalSession } from "./terminal/terminal-session.ts";
export { startGraphWorker } from "./web-graph-worker.ts";
export { webProviderRuntime } from "./web-provider-runtime.ts";
export { type WebRuntimeOptions, webRuntime } from "./web-runtime.ts";
