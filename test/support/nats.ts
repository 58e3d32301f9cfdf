import { connect, type NatsConnection } from "nats.ws";
import { afterAll, beforeAll } from "vitest";
import { type NatsServer, type NatsServerOptions, startNatsServer } from "../../node/lattice/nats-server.ts";
import "./websocket.ts";

/** A real nats-server for the tests of one describe block or file: started before them, ended after them. */
export function useNatsServer(options: NatsServerOptions = {}): { readonly current: NatsServer } {
  let server: NatsServer | undefined;
  beforeAll(async () => {
    server = await startNatsServer(options);
  });
  afterAll(() => server?.stop());
  return {
    get current() {
      if (server === undefined) throw new Error("The nats-server runs only while tests do.");
      return server;
    },
  };
}

/** A client of a lattice, with deadlines that suit tests; closing it is up to the caller. */
export function connectClient(webSocketUrl: string): Promise<NatsConnection> {
  return connect({ servers: webSocketUrl, timeout: 3000, reconnect: false });
}
