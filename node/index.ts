export {
  NODE_HTTP_SERVER,
  type NodeHttpServerOptions,
  NodeHttpServerProvider,
} from "./http/http-server-provider.ts";
export type { ListenAddress } from "./http/listening-server.ts";
export { nodeLabels } from "./runtime/labels.ts";
export { type ThreadGraphOptions, threadGraphWorker } from "./runtime/thread-graph-worker.ts";
export { type ThreadProviderOptions, threadProviderRuntime } from "./runtime/thread-provider-runtime.ts";
export { type ThreadRuntimeOptions, threadRuntime } from "./runtime/thread-runtime.ts";
export { providerWebSocket, webSocketFactory } from "./runtime/web-socket.ts";
export { FolderStore } from "./storage/folder-store.ts";
