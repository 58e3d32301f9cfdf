import { asHostError, type HostError } from "../../../src/errors/index.ts";
import {
  type EdgeHostWatch,
  type FeedMessage,
  type HostDescription,
  watchEdgeHost,
} from "../../../src/index.ts";
import { EventFeed } from "../events/event-feed.ts";
import { NameBook } from "../session/name-book.ts";
import { Observable } from "../session/observable.ts";

/** Where the watching of an edge host stands. */
export type EdgeReading =
  | { readonly phase: "idle" }
  | { readonly phase: "connecting"; readonly address: string }
  | { readonly phase: "watching"; readonly address: string; readonly description: HostDescription }
  | {
      readonly phase: "ended";
      readonly address: string;
      readonly error: HostError;
      /** What the host last said about itself. */
      readonly description?: HostDescription;
    };

/** Watches one host on the edge at a time. Nothing there can be changed this way. */
export class EdgeWatch {
  readonly state: Observable<EdgeReading> = new Observable<EdgeReading>({ phase: "idle" });
  readonly names: NameBook = new NameBook();
  readonly feed: EventFeed = new EventFeed(this.names);
  #watch: EdgeHostWatch | undefined;
  #again: () => void = () => undefined;

  /** Watches the host at an address instead of any other. @throws HostError `input.invalid` for no address. */
  start(address: string, token: string): void {
    const watch = watchEdgeHost(address, { token });
    this.stop();
    this.feed.clear();
    this.#watch = watch;
    this.#again = () => this.start(address, token);
    this.state.set({ phase: "connecting", address });
    void this.#read(watch, address);
  }

  /** Watches the host that was watched last. */
  again(): void {
    this.#again();
  }

  /** Ends the watching, and forgets the token. Twice is fine. */
  stop(): void {
    this.#again = () => undefined;
    this.#watch?.close();
    this.#watch = undefined;
    this.state.set({ phase: "idle" });
  }

  async #read(watch: EdgeHostWatch, address: string): Promise<void> {
    try {
      for await (const message of watch) this.#take(message, address);
    } catch (error) {
      if (this.#watch !== watch) return;
      const last = this.state.value;
      const known = last.phase === "watching" ? { description: last.description } : {};
      this.state.set({ phase: "ended", address, error: asHostError(error), ...known });
    }
  }

  #take(message: FeedMessage, address: string): void {
    if (message.kind === "host") {
      const { description } = message;
      this.names.learnAll(description);
      this.state.set({ phase: "watching", address, description });
      return;
    }
    if (message.kind === "event") this.names.learnFrom(message.event);
    this.feed.push(message);
  }
}
