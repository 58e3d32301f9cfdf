import { asHostError, type HostError } from "../../src/errors/index.ts";
import {
  FEED_ACKNOWLEDGEMENT,
  FEED_PROTOCOL,
  FEED_SILENCE_MS,
  FEED_WINDOW,
  type FeedMessage,
  MAX_BATCH_TEXT,
  maskedDescription,
  maskedEvent,
} from "../../src/feed/index.ts";
import type { Host } from "../../src/host/index.ts";
import { ClientSocket } from "../socket/client-socket.ts";

/** Messages that may wait for a reader, and characters of them. */
const QUEUE = { messages: 500, characters: 1_048_576 } as const;
/** Milliseconds between batches, and between descriptions. */
const GAP_MS = { batch: 50, description: 500 } as const;
/** Milliseconds between looks at whether the reader still answers. */
const LOOK_MS = FEED_SILENCE_MS / 3;
/** What the close code 1013 says: try again later. */
const BEHIND = 1013;

/**
 * Tells one reader what a host is and what happens on it. What the runtime holds for the reader is bounded by its answers:
 * after some batches without one nothing is sent, and a reader for whom too much waits then is closed.
 */
export class FeedStream {
  readonly #host: Host;
  readonly #client: ClientSocket;
  readonly #stopListening: () => void;
  readonly #look: ReturnType<typeof setInterval>;
  #queue: string[] = [];
  #queued = 0;
  #skipped = 0;
  #unanswered = 0;
  /** When the reader last answered, or had nothing to answer. */
  #answeredAt: number = Date.now();
  #describedAt = 0;
  #isStale = true;
  #isDescribing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(host: Host, onClosed: () => void) {
    this.#host = host;
    this.#client = new ClientSocket({
      protocol: FEED_PROTOCOL,
      maxMessage: 64,
      onText: (text) => this.#hear(text),
      onClosed: () => {
        this.#release();
        onClosed();
      },
    });
    this.#stopListening = host.onEvent((event) => {
      this.#isStale = true;
      this.#add({ kind: "event", event: maskedEvent(event) });
      if (event.type === "host_stopped") this.close(1001, "The host was stopped");
    });
    this.#look = setInterval(() => this.#lookAfter(), LOOK_MS);
    this.#soon(0);
  }

  /** The answer to the request that asked for the feed. */
  get response(): Response {
    return this.#client.response;
  }

  close(code: number, reason: string): void {
    this.#client.close(code, reason);
  }

  /** A host that ends while it is described may say so before it tells of its end. */
  #fail({ code, message }: HostError): void {
    this.close(code === "host.stopped" ? 1001 : 1011, message);
  }

  #add(message: FeedMessage): void {
    if (this.#isClosed) return;
    const text = JSON.stringify(message);
    if (this.#queue.length < QUEUE.messages && this.#queued + text.length <= QUEUE.characters) {
      this.#queue.push(text);
      this.#queued += text.length;
    } else if (this.#isBehind) this.close(BEHIND, "The reader is too slow");
    else this.#skipped++;
    this.#soon(GAP_MS.batch);
  }

  get #isBehind(): boolean {
    return this.#unanswered >= FEED_WINDOW;
  }

  #soon(ms: number): void {
    if (this.#timer !== undefined || this.#isClosed || this.#isBehind) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush().catch((error: unknown) => this.#fail(asHostError(error)));
    }, ms);
  }

  async #flush(): Promise<void> {
    if (this.#isClosed || this.#isBehind || this.#isDescribing) return;
    const messages = this.#queue;
    if (this.#skipped > 0) messages.push(textOf({ kind: "skipped", count: this.#skipped }));
    this.#queue = [];
    this.#queued = 0;
    this.#skipped = 0;
    const wait = this.#describedAt + GAP_MS.description - Date.now();
    if (this.#isStale && wait <= 0) messages.push(await this.#describe());
    if (messages.length > 0) this.#send(`[${messages.join(",")}]`);
    if (this.#queue.length > 0) this.#soon(GAP_MS.batch);
    else if (this.#isStale) this.#soon(Math.max(GAP_MS.batch, wait));
  }

  async #describe(): Promise<string> {
    this.#isStale = false;
    this.#isDescribing = true;
    try {
      const description = await this.#host.describe();
      this.#describedAt = Date.now();
      return textOf({ kind: "host", description: maskedDescription(description) });
    } finally {
      this.#isDescribing = false;
    }
  }

  #send(batch: string): void {
    if (batch.length > MAX_BATCH_TEXT) this.close(1009, "The host has more to tell than a batch takes");
    if (this.#unanswered === 0) this.#answeredAt = Date.now();
    this.#unanswered++;
    this.#client.send(batch);
  }

  #hear(text: string): void {
    if (text !== FEED_ACKNOWLEDGEMENT) this.close(1008, "The feed takes nothing but acknowledgements");
    if (this.#unanswered > 0) this.#unanswered--;
    this.#answeredAt = Date.now();
    this.#soon(GAP_MS.batch);
  }

  /** Finds readers that have gone without a word, and tells the others that the host is still there. */
  #lookAfter(): void {
    const now = Date.now();
    if (this.#unanswered > 0 && now - this.#answeredAt > FEED_SILENCE_MS) {
      this.close(BEHIND, "The reader does not answer");
    }
    if (now - this.#describedAt < FEED_SILENCE_MS - LOOK_MS) return;
    this.#isStale = true;
    this.#soon(0);
  }

  #release(): void {
    this.#isClosed = true;
    this.#stopListening();
    clearInterval(this.#look);
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}

function textOf(message: FeedMessage): string {
  return JSON.stringify(message);
}
