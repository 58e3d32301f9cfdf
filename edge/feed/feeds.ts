import { HostError } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";
import { FeedStream } from "./feed-stream.ts";

/** Readers at one time. */
const MAX_READERS = 16;

/** Those who watch a host. */
export class Feeds {
  readonly #host: Host;
  #readers = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Takes on one more reader, who was found to be allowed.
   *
   * @returns the answer to the request for the WebSocket.
   * @throws HostError `provider.overloaded`.
   */
  open(): Response {
    if (this.#readers >= MAX_READERS) {
      throw new HostError("provider.overloaded", `${MAX_READERS} readers watch this host already`);
    }
    this.#readers++;
    return new FeedStream(this.#host, () => {
      this.#readers--;
    }).response;
  }
}
