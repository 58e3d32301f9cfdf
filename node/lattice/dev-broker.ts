import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { withDeadline } from "../system/deadline.ts";
import { isLocalOrigin } from "../system/local-origin.ts";
import { BrokerClient, maxPayload } from "./broker-client.ts";
import type { Subscription } from "./broker-router.ts";

/** Options of {@link startDevBroker}: by default any free port of 127.0.0.1, and a ping every 30 s. */
export interface DevBrokerOptions {
  readonly port?: number;
  readonly host?: string;
  readonly pingIntervalMs?: number;
}

/** A running development broker. Stopping it cuts off all clients; stopping twice is fine. */
export interface DevBroker {
  readonly webSocketUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the development broker: the NATS core protocol over WebSocket, for a lattice on one machine that has no
 * nats-server. No JetStream, no accounts, no TLS, no cluster: it belongs on a loopback address.
 */
export async function startDevBroker(options: DevBrokerOptions = {}): Promise<DevBroker> {
  const { host = "127.0.0.1", pingIntervalMs = 30_000 } = options;
  const verifyClient = ({ origin }: { origin?: string }): boolean => isLocalOrigin(origin);
  const limits = { maxPayload: 8 * maxPayload }; // of a frame: clients join small messages into one
  const server = new WebSocketServer({ port: options.port ?? 0, host, verifyClient, ...limits });
  await withDeadline(once(server, "listening"), 5000, "Starting the development broker").catch((cause) => {
    throw new HostError("system.port_taken", `The development broker: ${messageOf(cause)}.`, { cause });
  });
  const { port } = server.address() as AddressInfo;
  const info = {
    server_id: "DEV",
    server_name: "weblattice-dev-broker",
    version: "2.9.0",
    proto: 1,
    host,
    port,
  };
  const all = new Set<Subscription>();
  const clients = new Set<BrokerClient>();
  server.on("connection", (socket) => {
    const client = new BrokerClient(socket, all, { ...info, headers: true, max_payload: maxPayload });
    clients.add(client);
    socket.once("close", () => clients.delete(client));
  });
  const pings = setInterval(() => {
    for (const client of clients) client.ping();
  }, pingIntervalMs);
  return {
    webSocketUrl: `ws://${host}:${port}`,
    async stop() {
      clearInterval(pings);
      for (const socket of server.clients) socket.terminate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await withDeadline(closed, 5000, "Stopping the development broker");
    },
  };
}
