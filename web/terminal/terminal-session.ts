import { HostError } from "../../src/index.ts";
import { INPUT_PIECE, INPUT_WINDOW, type PageMessage, readHostMessage } from "./messages.ts";

/**
 * A terminal session of the page with an actor. What the actor writes comes by `for await (const text of session)`, in
 * order, as it was written: escape sequences are for a terminal to make sense of. It is meant for one reader, which sets
 * the pace; whoever falls a mebi of characters behind is closed.
 */
export interface TerminalSession extends AsyncIterable<string> {
  /** What the actor knows it by. */
  readonly id: string;
  /** The actor's `M…` key. */
  readonly actor: string;
  /**
   * Types: keys or text that was pasted, as a terminal sends them. The host echoes, takes backspace, and hands the line to
   * the actor at a carriage return. Without effect once the session has ended.
   *
   * @throws HostError `provider.overloaded` for more than 65,536 characters that the host has not taken yet.
   */
  write(text: string): void;
  /** Ends it. Twice is fine. */
  close(): void;
  /** Settles when it has ended, with what to tell the user: the link, actor, provider or host may be the reason. */
  readonly closed: Promise<string>;
}

/** The page's end of a terminal. */
export class PageTerminal implements TerminalSession {
  readonly id: string;
  readonly actor: string;
  readonly closed: Promise<string>;
  readonly #port: MessagePort;
  readonly #output: string[] = [];
  #settle: (reason: string) => void = () => undefined;
  #wake: (() => void) | undefined;
  #hasEnded = false;
  #untaken = 0;

  constructor(port: MessagePort, { id, actor }: { readonly id: string; readonly actor: string }) {
    this.id = id;
    this.actor = actor;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
  }

  write(text: string): void {
    if (this.#hasEnded || text === "") return;
    if (this.#untaken + text.length > INPUT_WINDOW) {
      throw new HostError("provider.overloaded", "The host has not taken what was typed before", {
        hint: "Wait, or paste less at a time.",
      });
    }
    this.#untaken += text.length;
    for (let at = 0; at < text.length; at += INPUT_PIECE) {
      this.#send({ kind: "input", text: text.slice(at, at + INPUT_PIECE) });
    }
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#send({ kind: "close" });
    this.end("The session was closed");
  }

  /** It is over: what has come is still to be read. */
  end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#port.onmessage = null;
    this.#port.close();
    this.#settle(reason);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (;;) {
      const text = this.#output.splice(0).join("");
      if (text !== "") {
        yield text;
        // The reader has come back for more: it is done with this.
        if (!this.#hasEnded) this.#send({ kind: "shown", length: text.length });
        continue;
      }
      if (this.#hasEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(data: unknown): void {
    const message = readHostMessage(data);
    switch (message?.kind) {
      case "output":
        this.#output.push(message.text);
        this.#wake?.();
        return;
      case "taken":
        this.#untaken = Math.max(0, this.#untaken - message.length);
        return;
      case "closed":
        this.end(message.reason);
        return;
      default:
        this.close();
    }
  }

  #send(message: PageMessage): void {
    this.#port.postMessage(message);
  }
}
