import type { Host, LogRecord, PublishedEvent } from "../src/index.ts";
import type { WatchMessage } from "./host-api.ts";

/** Messages sent in one go; what comes beyond that meanwhile is counted and left out. */
const BATCH = 500;
/** Milliseconds between batches. */
const INTERVAL_MS = 16;

/** Sends a host's events and log lines to a port, in batches, until the other end says anything or it is closed. */
export class WatchStream {
  readonly #port: MessagePort;
  readonly #stopListening: () => void;
  #batch: WatchMessage[] = [];
  #skipped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, port: MessagePort, onClose: () => void) {
    this.#port = port;
    this.#stopListening = host.onEvent((event) => this.#add({ kind: "event", event }));
    port.onmessage = () => {
      this.close();
      onClose();
    };
  }

  log(record: LogRecord): void {
    this.#add({ kind: "log", record });
  }

  lattice(event: PublishedEvent): void {
    this.#add({ kind: "lattice", event });
  }

  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#port.close();
  }

  #add(message: WatchMessage): void {
    if (this.#batch.length < BATCH) this.#batch.push(message);
    else this.#skipped++;
    this.#timer ??= setTimeout(() => this.#flush(), INTERVAL_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#skipped > 0) this.#batch.push({ kind: "skipped", count: this.#skipped });
    this.#port.postMessage(this.#batch);
    this.#batch = [];
    this.#skipped = 0;
  }
}
