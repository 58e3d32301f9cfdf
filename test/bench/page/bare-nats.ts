import { connect, type NatsConnection } from "nats.ws";

const REQUEST_TIMEOUT_MS = 10_000;

/** A nats.ws client without anything around it: the floor under every call over the lattice. */
export class BareNats {
  readonly #connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  static async connect(server: string): Promise<BareNats> {
    return new BareNats(await connect({ servers: server, noAsyncTraces: true }));
  }

  /** Answers with the first bytes of what it is sent, as many as the last token of the subject says. */
  async respond(prefix: string): Promise<void> {
    this.#connection.subscribe(`${prefix}.*`, {
      callback: (_error, message) => {
        const size = Number(message.subject.slice(prefix.length + 1));
        message.respond(message.data.subarray(0, size));
      },
    });
    await this.#connection.flush();
  }

  request(subject: string, data: Uint8Array): Promise<unknown> {
    return this.#connection.request(subject, data, { timeout: REQUEST_TIMEOUT_MS });
  }
}
