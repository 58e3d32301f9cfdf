export { MASK, maskedDescription, maskedEvent } from "./masked.ts";
export {
  FEED_ACKNOWLEDGEMENT,
  FEED_PATH,
  FEED_PROTOCOL,
  FEED_SILENCE_MS,
  FEED_WINDOW,
  type FeedMessage,
  MAX_BATCH,
  MAX_BATCH_TEXT,
  offeredTokenProtocol,
  tokenProtocol,
} from "./protocol.ts";
export {
  type EdgeHostWatch,
  type FeedSocket,
  type WatchEdgeHostOptions,
  watchEdgeHost,
} from "./watch-edge-host.ts";
