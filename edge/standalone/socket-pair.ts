import { HostError } from "../../src/errors/index.ts";
import { UpgradeAnswer } from "./upgrade-answer.ts";

/** What a WebSocket carries. */
export type SocketData = string | ArrayBuffer | ArrayBufferView<ArrayBuffer>;

/** Messages, and characters or bytes of them, that wait at an end which does not take any yet. */
const WAITING = { messages: 1_000, size: 4_194_304 } as const;
/** Milliseconds from an answer to its WebSocket being open. */
const OPEN_MS = 10_000;

/**
 * One of two ends that what is sent at the other comes out of. Like a WebSocket it takes one close; like that of a
 * Cloudflare-style runtime it gives nothing before {@link accept}.
 */
export class SocketEnd extends EventTarget {
  binaryType = "arraybuffer";
  #peer: SocketEnd = this;
  #waiting: { readonly event: Event; readonly size: number }[] = [];
  #size = 0;
  #isAccepted = false;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Two ends of one. */
  static pair(): readonly [SocketEnd, SocketEnd] {
    const ends = [new SocketEnd(), new SocketEnd()] as const;
    ends[0].#peer = ends[1];
    ends[1].#peer = ends[0];
    return ends;
  }

  /** From now on messages come, and those that have come so far. */
  accept(): void {
    clearTimeout(this.#timer);
    this.#isAccepted = true;
    for (const _ of this.#waiting) this.#giveSoon();
  }

  /** @throws HostError `host.stopped` after the end. */
  send(data: SocketData): void {
    if (this.#isClosed) throw new HostError("host.stopped", "The WebSocket is closed");
    const bytes = ArrayBuffer.isView(data)
      ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
      : data;
    const size = typeof bytes === "string" ? bytes.length : bytes.byteLength;
    this.#peer.#take(new MessageEvent("message", { data: bytes }), size);
  }

  /** Lets the other end know that nothing more will come. Twice is fine. @param code - default: none was given, 1005. */
  close(code = 1005, reason = ""): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#peer.#take(closeEvent(code, reason), 0);
  }

  /** What a worker answers a request with whose WebSocket this is to be. */
  answer(headers: Headers): Response {
    this.#timer = setTimeout(() => this.#break(1011, "The WebSocket was not opened"), OPEN_MS);
    return new UpgradeAnswer(this, headers);
  }

  #take(event: Event, size: number): void {
    const { length } = this.#waiting;
    // One alone may be as large as the runtime takes them.
    const isFull = length >= WAITING.messages || (length > 0 && this.#size + size > WAITING.size);
    if (isFull && event.type === "message") {
      this.#break(1013, "Too much waits to be sent");
      return;
    }
    this.#waiting.push({ event, size });
    this.#size += size;
    if (this.#isAccepted) this.#giveSoon();
  }

  /** Never while the other end is still at its `send`, as little as a network would. */
  #giveSoon(): void {
    queueMicrotask(() => {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#size -= next.size;
      if (!this.#isClosed || next.event.type === "close") this.dispatchEvent(next.event);
    });
  }

  /** Closes both ends, whatever waits. */
  #break(code: number, reason: string): void {
    this.#waiting = [];
    this.#size = 0;
    this.close(code, reason);
    this.#take(closeEvent(code, reason), 0);
  }
}

/** Stands where Cloudflare-style runtimes have the class of this name. */
export class SocketPair {
  /** For the answer. */
  readonly 0: SocketEnd;
  /** To keep. */
  readonly 1: SocketEnd;

  constructor() {
    const [client, server] = SocketEnd.pair();
    this[0] = client;
    this[1] = server;
  }
}

/** What an event of the type `close` says, without the class that Node has from 23 on. */
function closeEvent(code: number, reason: string): Event {
  return Object.assign(new Event("close"), { code, reason, wasClean: code !== 1006 });
}
