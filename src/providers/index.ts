export {
  checkGrants,
  NO_AUTHORITY,
  type ProviderAuthority,
  type ProviderGrants,
  readAskedAuthority,
  settleAuthority,
} from "./authority/authority.ts";
export { DEFAULT_GRANT_LIMITS, type GrantLimits } from "./authority/grant-limits.ts";
export { GrantedServices, type GrantedServicesOptions } from "./authority/granted-services.ts";
export type { ProviderWebSocket, SocketListener } from "./authority/provider-sockets.ts";
export { ProviderStorage } from "./authority/provider-storage.ts";
export type { BlobFiles } from "./blobstore/blob-files.ts";
export type { BlobInfo, BlobReader, BlobStore, UploadName, UploadPlan } from "./blobstore/blob-store.ts";
export { BLOBSTORE_PROVIDER, type BlobstoreOptions, BlobstoreProvider } from "./blobstore/blobstore.ts";
export { StoreBlobs, type StoreBlobsOptions } from "./blobstore/store-blobs.ts";
export { BUILT_IN_PROVIDERS, type BuiltInProvider, type ProviderServices, whatLacks } from "./built-in.ts";
export type { CapabilityProvider, ProviderDescriptor, ProviderDispatcher } from "./capability-provider.ts";
export { type CallOrigin, ContractProvider } from "./contract-provider.ts";
export { answerCoreOperation, type LinkHandlers } from "./core-operations.ts";
export {
  NATS_EVENT_STREAMS_PROVIDER,
  type NatsEventStreamsOptions,
  NatsEventStreamsProvider,
} from "./eventstreams/eventstreams.ts";
export { EXTRAS_PROVIDER, type ExtrasOptions, ExtrasProvider } from "./extras-provider.ts";
export type { GraphEngine, GraphRows, GraphValue } from "./graphdb/graph-engine.ts";
export { GRAPHDB_PROVIDER, type GraphDbOptions, GraphDbProvider } from "./graphdb/graphdb.ts";
export { runGraphWorker } from "./graphdb/kuzu/graph-worker.ts";
export type { KuzuModule } from "./graphdb/kuzu/kuzu-module.ts";
export { type GraphLimits, WorkerGraphs, type WorkerGraphsOptions } from "./graphdb/worker-graphs.ts";
export { ActorHttpServer, type ActorHttpServerOptions, type ServerLink } from "./http/actor-http-server.ts";
export type { CorsRules } from "./http/cors.ts";
export { HTTP_CLIENT_PROVIDER, type HttpClientOptions, HttpClientProvider } from "./http/http-client.ts";
export type { FrontedServer, HttpFront, IncomingRequest, ServedRoute } from "./http/http-front.ts";
export { HTTP_SERVER_PROVIDER, type HttpServerOptions, HttpServerProvider } from "./http/http-server.ts";
export { BucketRecords, type BucketRecordsOptions } from "./keyvalue/bucket-records.ts";
export { type KeyValueOptions, KeyValueProvider, STORE_KEYVALUE_PROVIDER } from "./keyvalue/keyvalue.ts";
export {
  NATS_KEYVALUE_PROVIDER,
  type NatsKeyValueOptions,
  NatsKeyValueProvider,
} from "./keyvalue/nats-keyvalue.ts";
export type { RecordChange, Records } from "./keyvalue/records.ts";
export { type KeyValueLimits, RecordsKeyValue, type RecordsLink } from "./keyvalue/records-keyvalue.ts";
export { StoreRecords, type StoreRecordsOptions } from "./keyvalue/store-records.ts";
export { LINK_VALUE_FACTS, type LinkValueFact } from "./link-value-facts.ts";
export {
  commaItems,
  invalidValue,
  type LinkValues,
  listValue,
  numberValue,
  textValue,
  wordValue,
} from "./link-values.ts";
export { LOGGING_PROVIDER, type LoggingOptions, LoggingProvider } from "./logging/logging.ts";
export {
  MEMORY_KEYVALUE_PROVIDER,
  type MemoryKeyValueOptions,
  MemoryKeyValueProvider,
} from "./memory-keyvalue.ts";
export {
  NATS_MESSAGING_PROVIDER,
  type NatsMessagingOptions,
  NatsMessagingProvider,
} from "./messaging/messaging.ts";
export type { NatsSource } from "./nats/link-connection.ts";
export type {
  PortableHandlers,
  PortableHost,
  PortableRequest,
  PortableResponse,
  PortableSocket,
  SocketHandlers,
} from "./portable/portable-module.ts";
export {
  DEFAULT_PROVIDER_LIMITS,
  type PortableProvider,
  type ProviderLimits,
  type ProviderRuntime,
  type ProviderStartOptions,
} from "./portable/provider-runtime.ts";
export { type ImportModule, runProviderWorker } from "./portable/provider-worker.ts";
export {
  WorkerProviderRuntime,
  type WorkerProviderRuntimeOptions,
} from "./portable/worker-provider-runtime.ts";
export { ProviderInstance, type ProviderInstanceOptions } from "./provider-instance.ts";
export { TELNET_PROVIDER, type TelnetLink, type TelnetOptions, TelnetProvider } from "./telnet/telnet.ts";
export type { SessionEnd, TelnetIo, TelnetSession } from "./telnet/telnet-session.ts";
export {
  type GuestPlace,
  WASM_TARGET,
  WasmProvider,
  type WasmProviderOptions,
} from "./wasm/wasm-provider.ts";
