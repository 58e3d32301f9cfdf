import type { LatticeConnection } from "../connection.ts";

/** Messages and bytes sent before the server is asked whether it has them. */
const SLICE_MESSAGES = 500;
const SLICE_BYTES = 262_144;

/** Sends many messages at the speed at which the server takes them, and lets others have their turn. */
export class PacedSender {
  readonly #connection: LatticeConnection;
  #messages = 0;
  #bytes = 0;

  constructor(connection: LatticeConnection) {
    this.#connection = connection;
  }

  /** Notes what was sent. To be awaited before the next message; rejects as `flush` of a connection. */
  sent(bytes: number): Promise<void> | undefined {
    this.#messages++;
    this.#bytes += bytes;
    if (this.#messages < SLICE_MESSAGES && this.#bytes < SLICE_BYTES) return undefined;
    return this.flush();
  }

  async flush(): Promise<void> {
    this.#messages = 0;
    this.#bytes = 0;
    await this.#connection.flush();
  }
}
