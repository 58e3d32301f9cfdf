import type { TelnetIo, TelnetSession } from "../../src/index.ts";
import { type HostMessage, OUTPUT_WINDOW, readPageMessage } from "./messages.ts";

/** The host's end of a terminal in the page: passes text both ways, no faster than the page takes it. */
export class TerminalPort implements TelnetIo {
  readonly #port: MessagePort;
  #session: TelnetSession | undefined;
  #isGone = false;
  #unseen = 0;
  #resume: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(data);
  }

  /** What the page types goes to this session from now on. */
  attach(session: TelnetSession): void {
    this.#session = session;
    if (this.#isGone) session.close();
  }

  /** Settles when the page has room for more. It need not: the session bounds what waits, and ends. */
  write(text: string): Promise<void> | undefined {
    this.#send({ kind: "output", text });
    this.#unseen += text.length;
    if (this.#unseen <= OUTPUT_WINDOW) return undefined;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  closed(reason: string): void {
    this.#send({ kind: "closed", reason });
    this.close();
  }

  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
  }

  #take(data: unknown): void {
    const message = readPageMessage(data);
    switch (message?.kind) {
      case "input":
        this.#session?.receive(message.text);
        this.#send({ kind: "taken", length: message.text.length });
        return;
      case "shown":
        this.#unseen = Math.max(0, this.#unseen - message.length);
        if (this.#unseen <= OUTPUT_WINDOW) this.#resume?.();
        return;
      case "close":
        this.#isGone = true;
        this.#session?.close();
        return;
      default:
        this.#session?.close("The page sent what is no message of a terminal");
    }
  }

  #send(message: HostMessage): void {
    this.#port.postMessage(message);
  }
}
