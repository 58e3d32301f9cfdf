/** The only file that knows which NATS client is used: all others import it from here. */
export type {
  Authenticator,
  JetStreamClient,
  JetStreamManager,
  JsMsg,
  KV,
  Msg,
  NatsConnection,
  Status,
  Subscription,
} from "nats.ws";
export {
  AckPolicy,
  connect,
  createInbox,
  credsAuthenticator,
  DebugEvents,
  DeliverPolicy,
  Events,
  jwtAuthenticator,
  nanos,
  RequestStrategy,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats.ws";
