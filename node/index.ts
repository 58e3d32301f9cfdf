export { nodeLabels } from "./runtime/labels.ts";
export { type ThreadRuntimeOptions, threadRuntime } from "./runtime/thread-runtime.ts";
export { webSocketFactory } from "./runtime/web-socket.ts";
