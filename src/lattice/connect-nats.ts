import {
  type NatsCredentials,
  type NatsOptions,
  type ResolvedNatsOptions,
  resolveNatsOptions,
} from "./connect-options.ts";
import type { JetStreamConnection } from "./jet-stream.ts";
import { NatsLatticeConnection } from "./nats-connection.ts";
import { connectError } from "./nats-errors.ts";
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  jwtAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "./nats-ws.ts";
import { Sockets } from "./sockets.ts";

const UTF8 = new TextEncoder();

/**
 * Connects to a lattice over NATS by WebSocket. Once connected, it reconnects by itself for ever; subscriptions come
 * back, and what is published meanwhile fails.
 *
 * @throws HostError `lattice.connect_failed` if no server can be reached or lets us in, `input.invalid` for a bad
 * option, `host.unsupported` where there is no WebSocket.
 */
export async function connectNats(options: NatsOptions): Promise<JetStreamConnection> {
  const resolved = resolveNatsOptions(options);
  const sockets = new Sockets(resolved.webSocketFactory);
  try {
    return new NatsLatticeConnection(await connect(toNats(resolved, sockets)), resolved, sockets);
  } catch (error) {
    sockets.close();
    throw connectError(error, resolved.servers);
  }
}

function toNats(options: ResolvedNatsOptions, sockets: Sockets): Parameters<typeof connect>[0] {
  const settings = {
    servers: [...options.servers],
    name: options.name,
    timeout: options.connectTimeoutMs,
    pingInterval: options.pingIntervalMs,
    reconnectTimeWait: options.reconnectWaitMs,
    maxReconnectAttempts: -1,
    // Credentials may be mended while we retry.
    ignoreAuthErrorAbort: true,
    // What servers call themselves is seldom what a browser can reach.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    wsFactory: async (url: string) => ({ socket: sockets.make(url), encrypted: url.startsWith("wss:") }),
  };
  return options.credentials === undefined
    ? settings
    : { ...settings, authenticator: authenticator(options.credentials) };
}

function authenticator(credentials: NatsCredentials): Authenticator {
  if ("credsFile" in credentials) return credsAuthenticator(UTF8.encode(credentials.credsFile));
  if ("jwt" in credentials) return jwtAuthenticator(credentials.jwt, UTF8.encode(credentials.seed));
  if ("user" in credentials) return usernamePasswordAuthenticator(credentials.user, credentials.pass);
  return tokenAuthenticator(credentials.token);
}
