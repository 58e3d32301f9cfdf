import { DeliveryQueue } from "../delivery-queue.ts";
import { LineEditor } from "./line-editor.ts";

/**
 * Why a session has ended: `closed` by who opened it, `unlinked` or `stopped` since its actor is, `refused` by the actor,
 * `slow` for a terminal that does not keep up, `gone` for one that takes no more text.
 */
export type SessionEnd = "closed" | "unlinked" | "stopped" | "refused" | "slow" | "gone";

/** Where a session's text goes: a terminal in a page, or a WebSocket. */
export interface TelnetIo {
  /** Shows text as it is; the next is not written before this has settled. A rejection ends the session. */
  write(text: string): void | Promise<void>;
  /**
   * Called once, when the session has ended.
   *
   * @param reason - what to tell its user; what an actor said is in it only if it `refused`.
   */
  closed?(reason: string, end: SessionEnd): void;
}

/** A session of a terminal with an actor. */
export interface TelnetSession {
  readonly id: string;
  /** The actor's `M…` key. */
  readonly actor: string;
  /** Takes what the user typed: single keys, or text that was pasted. */
  receive(text: string): void;
  /**
   * Ends it. Twice is fine.
   *
   * @param reason - what its user is told; default that it was closed.
   */
  close(reason?: string): void;
}

/** How a session is made. */
export interface SessionOptions {
  readonly id: string;
  readonly actor: string;
  readonly io: TelnetIo;
  /** Hands a line to the actor. */
  readonly deliver: (line: string) => Promise<void>;
  readonly onClosed: () => void;
  /** Characters of a line. */
  readonly maxLine: number;
  /** Lines that may wait for the actor. */
  readonly maxLines: number;
  /** Characters that may wait for the terminal. */
  readonly maxOutput: number;
}

/** One session: input is edited here and goes to the actor by lines; output goes to the terminal in order. */
export class ActorSession implements TelnetSession {
  readonly id: string;
  readonly actor: string;
  readonly #options: SessionOptions;
  readonly #editor: LineEditor;
  readonly #lines: DeliveryQueue<string>;
  readonly #output: DeliveryQueue<string>;
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.actor = options.actor;
    this.#options = options;
    this.#output = new DeliveryQueue({
      deliver: async (text) => options.io.write(text),
      maxItems: 100_000,
      maxBytes: options.maxOutput,
      concurrency: 1,
      onFailed: () => this.end("The terminal is gone", "gone"),
    });
    this.#lines = new DeliveryQueue({
      deliver: options.deliver,
      maxItems: options.maxLines,
      maxBytes: options.maxLines * options.maxLine,
      concurrency: 1,
      onFailed: () => this.write("[The actor did not take this line]\r\n"),
    });
    this.#editor = new LineEditor(
      {
        echo: (text) => this.write(text),
        line: (line) => {
          if (!this.#lines.offer(line, line.length)) this.write("[The actor is busy: this line is lost]\r\n");
        },
      },
      options.maxLine,
    );
  }

  /** Writes to the terminal. A session whose terminal does not keep up ends. */
  write(text: string): void {
    if (this.#isClosed || text === "") return;
    if (!this.#output.offer(text, text.length)) this.end("The terminal is too slow", "slow");
  }

  receive(text: string): void {
    if (!this.#isClosed) this.#editor.receive(text);
  }

  close(reason = "The session was closed"): void {
    this.end(reason, "closed");
  }

  end(reason: string, end: SessionEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lines.close();
    this.#output.close();
    this.#options.onClosed();
    this.#options.io.closed?.(reason, end);
  }
}
