export { type BlobstoreCalls, type BlobstoreDeliveries, blobstoreContract } from "./blobstore.ts";
export type {
  Blob,
  BlobContainer,
  BlobList,
  BlobName,
  BlobstoreResult,
  DownloadRequest,
  FileChunk,
} from "./blobstore-messages.ts";
export type { Codec } from "./codec.ts";
export {
  answerCall,
  type CallHandlers,
  type Contract,
  type Exchange,
  type Exchanges,
  exchangeOf,
  type NoExchanges,
  type ReplyOf,
  type RequestOf,
} from "./contract.ts";
export {
  type CapabilityConfiguration,
  CORE_OPERATIONS,
  decodeCapabilityConfiguration,
  decodeHealthResponse,
  encodeCapabilityConfiguration,
  encodeHealthRequest,
  encodeHealthResponse,
  type HealthResponse,
} from "./core.ts";
export {
  type EventAck,
  type EventList,
  type EventStreamsCalls,
  type EventStreamsDeliveries,
  eventStreamsContract,
  type QueryStreamRequest,
  type StreamEvent,
  type TimeRange,
  type WriteEventRequest,
} from "./eventstreams.ts";
export {
  decodeExtrasRequest,
  EXTRAS_CONTRACT,
  type ExtrasCalls,
  type ExtrasReply,
  type ExtrasRequest,
  encodeGeneratedValue,
  extrasContract,
  type GeneratedValue,
} from "./extras.ts";
export {
  type DeleteGraphReply,
  type DeleteGraphRequest,
  type GraphDbCalls,
  graphDbContract,
  type QueryGraphRequest,
} from "./graphdb.ts";
export type {
  GraphColumn,
  GraphNode,
  GraphRelation,
  GraphReply,
  GraphResultSet,
  GraphScalar,
} from "./graphdb-result.ts";
export { type HttpClientCalls, type HttpClientRequest, httpClientContract } from "./httpclient.ts";
export {
  type HttpRequest,
  type HttpResponse,
  type HttpServerDeliveries,
  httpServerContract,
} from "./httpserver.ts";
export {
  dispatchKeyValue,
  KEYVALUE_CONTRACT,
  type KeyValueCalls,
  type KeyValueHandlers,
  keyValueContract,
} from "./keyvalue.ts";
export { type LoggingCalls, loggingContract, type WriteLogRequest } from "./logging.ts";
export { checkShape } from "./message-shape.ts";
export {
  type BrokerMessage,
  type MessageReply,
  type MessageRequest,
  type MessagingCalls,
  type MessagingDeliveries,
  messagingContract,
  type PublishReply,
} from "./messaging.ts";
export {
  providerHttpContract,
  providerSelfContract,
  providerSocketContract,
  providerStorageContract,
} from "./provider-services.ts";
export {
  type TelnetCalls,
  type TelnetDeliveries,
  type TelnetResult,
  type TelnetSessionStarted,
  type TelnetText,
  telnetContract,
} from "./telnet.ts";
