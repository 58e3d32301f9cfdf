/** The only file that knows which NATS client is used: all others import it from here. */
export type { Authenticator, Msg, NatsConnection, Status, Subscription } from "nats.ws";
export {
  connect,
  createInbox,
  credsAuthenticator,
  DebugEvents,
  Events,
  jwtAuthenticator,
  RequestStrategy,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats.ws";
