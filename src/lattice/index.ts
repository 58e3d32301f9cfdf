export type { LinkRemoval } from "./announcements.ts";
export type { CacheChange, CacheListener, ChangeCause } from "./cache-change.ts";
export type { CacheEvent, CacheEventWrapper, ReplayRequest, ReplayRequestAck } from "./cache-event.ts";
export { connectNats } from "./connect-nats.ts";
export type { ClosableWebSocket, NatsCredentials, NatsOptions } from "./connect-options.ts";
export type {
  ConnectionState,
  ConnectionStatus,
  LatticeConnection,
  LatticeMessage,
  LatticeSubscription,
  RequestManyOptions,
  SubscribeOptions,
} from "./connection.ts";
export type {
  BucketEntry,
  EventLog,
  FollowEventsOptions,
  JetStream,
  JetStreamConnection,
  JetStreamOptions,
  KeyValueBucket,
  LoggedEvent,
  ReadEventsOptions,
} from "./jet-stream.ts";
export { type ClaimsSource, LatticeCache } from "./lattice-cache.ts";
export { LatticeRpc } from "./lattice-rpc.ts";
export { checkLinkDefinition, checkLinkName, LINK_LIMITS, type LinkDefinition } from "./link-definition.ts";
export { linkHash } from "./link-hash.ts";
export { CachePersistence, type CachePersistenceOptions } from "./persistence/cache-persistence.ts";
export { CacheReplication } from "./replication/cache-replication.ts";
export type { CacheReplicationOptions } from "./replication/replication-options.ts";
export type { LatticeRpcOptions } from "./rpc-options.ts";
export type { InvocationHandler } from "./rpc-server.ts";
export {
  CACHE_EVENTS_SUBJECT,
  CACHE_REPLAY_SUBJECT,
  type ControlCommand,
  DEFAULT_NAMESPACE,
  type LatticeSubjects,
  latticeSubjects,
  queueGroupOf,
} from "./subjects.ts";
export {
  decodeCacheEvent,
  decodeCacheEventWrapper,
  encodeCacheEvent,
  encodeCacheEventWrapper,
} from "./wire/cache-event-codec.ts";
export { decodeClaims, encodeClaims } from "./wire/claims-codec.ts";
export { decodeInvocation, encodeInvocation, peekInvocationId } from "./wire/invocation-codec.ts";
export { DEFAULT_CACHE_LIMITS, DEFAULT_WIRE_LIMITS, type WireLimits } from "./wire/limits.ts";
export { decodeLinkDefinition, encodeLinkDefinition } from "./wire/link-codec.ts";
export {
  decodeReplayRequest,
  decodeReplayRequestAck,
  encodeReplayRequest,
  encodeReplayRequestAck,
} from "./wire/replay-codec.ts";
export {
  decodeInvocationResponse,
  encodeInvocationResponse,
  type InvocationResponse,
} from "./wire/response-codec.ts";
