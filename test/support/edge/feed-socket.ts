import { WebSocket } from "ws";
import { type EdgeHostWatch, type FeedMessage, type FeedSocket, watchEdgeHost } from "../../../src/index.ts";

/** As Node 20 must be given one. */
export function feedSocket(url: string, protocols: string[]): FeedSocket {
  return new WebSocket(url, protocols) as unknown as FeedSocket;
}

/** Watches a host, and can be asked for what is to come. */
export class Watcher {
  readonly watch: EdgeHostWatch;
  readonly #messages: AsyncIterator<FeedMessage>;

  constructor(url: string, token: string) {
    this.watch = watchEdgeHost(url, { token, webSocketFactory: feedSocket });
    this.#messages = this.watch[Symbol.asyncIterator]();
  }

  /** The next message that is wanted; others are passed over. */
  async next<T extends FeedMessage = FeedMessage>(
    isWanted: (message: FeedMessage) => boolean = () => true,
  ): Promise<T> {
    for (;;) {
      const { value, done } = await this.#messages.next();
      if (done === true) throw new Error("The feed has ended");
      if (isWanted(value)) return value as T;
    }
  }
}
