/**
 * What a worker can do by itself besides talking to its starter: network, storage, other contexts, loading code. A
 * guest cannot reach JavaScript's globals anyway; this is a second wall, and the script's own Content-Security-Policy
 * a third. DESIGN section 8.
 */
const AUTHORITY: readonly string[] = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "EventSource",
  "RTCPeerConnection",
  "importScripts",
  "indexedDB",
  "caches",
  "cookieStore",
  "navigator",
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
  "Notification",
  "FileReaderSync",
  "requestFileSystem",
  "webkitRequestFileSystem",
  "webkitRequestFileSystemSync",
];

/** Takes these away for good, wherever on the prototype chain they are defined. */
export function removeAmbientAuthority(scope: object): void {
  for (const name of AUTHORITY) {
    for (let owner: object | null = scope; owner !== null; owner = Object.getPrototypeOf(owner)) {
      if (Object.hasOwn(owner, name)) Reflect.deleteProperty(owner, name);
    }
    Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
  }
}
