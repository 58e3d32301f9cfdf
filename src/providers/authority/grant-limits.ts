/** Bounds of what a provider does with its authority. */
export interface GrantLimits {
  /** Milliseconds for a request with its redirects, and for the opening of a WebSocket. Default 30,000. */
  readonly requestMs: number;
  /** Redirects of one request, each of which is checked. Default 10. */
  readonly maxRedirects: number;
  /** Requests under way at one time. Default 64. */
  readonly maxRequests: number;
  /** Bytes of a response's body. Default 8 MiB. */
  readonly maxResponseBytes: number;
  /** WebSockets open at one time. Default 32. */
  readonly maxSockets: number;
  /** Bytes of messages that wait on one WebSocket, either way; with more it is closed. Default 8 MiB. */
  readonly maxSocketBacklogBytes: number;
  /** Keys in the store. Default 4,096. */
  readonly maxKeys: number;
  /** Bytes of one value. Default 1 MiB. */
  readonly maxValueBytes: number;
  /** Bytes of all values together. Default 16 MiB. */
  readonly maxStorageBytes: number;
}

const MIB = 1024 * 1024;

/** The defaults of {@link GrantLimits}. */
export const DEFAULT_GRANT_LIMITS: GrantLimits = Object.freeze({
  requestMs: 30_000,
  maxRedirects: 10,
  maxRequests: 64,
  maxResponseBytes: 8 * MIB,
  maxSockets: 32,
  maxSocketBacklogBytes: 8 * MIB,
  maxKeys: 4_096,
  maxValueBytes: MIB,
  maxStorageBytes: 16 * MIB,
});
