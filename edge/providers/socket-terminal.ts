import { asHostError, HostError } from "../../src/errors/index.ts";
import type { SessionEnd, TelnetIo, TelnetSession } from "../../src/providers/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";
import { ClientSocket } from "../socket/client-socket.ts";

/** How a {@link SocketTerminal} is made. */
export interface SocketTerminalOptions {
  /** Milliseconds without a message after which it is closed. */
  readonly idleMs: number;
  readonly logger: Logger;
  readonly onClosed: () => void;
}

/** Characters of a message. */
const MAX_MESSAGE = 16_384;
/** Characters that may be sent since the last message: the runtime does not tell what a client has taken. */
const MAX_UNANSWERED = 1_048_576;
const ENDINGS: Readonly<Record<SessionEnd, number>> = {
  closed: 1000,
  unlinked: 1001,
  stopped: 1001,
  refused: 1011,
  gone: 1011,
  slow: 1013,
};

/** A terminal at the other end of a WebSocket: messages are what is typed, and what is shown. */
export class SocketTerminal implements TelnetIo {
  readonly #options: SocketTerminalOptions;
  readonly #client: ClientSocket;
  #session: TelnetSession | undefined;
  /** Typed before the actor has taken the session. */
  #early = "";
  #unanswered = 0;
  #heardAt: number = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(options: SocketTerminalOptions) {
    this.#options = options;
    this.#client = new ClientSocket({
      maxMessage: MAX_MESSAGE,
      onText: (text) => this.#receive(text),
      onClosed: () => this.#over(),
    });
    this.#watch(options.idleMs);
  }

  /** The answer to the request that asked for the WebSocket. */
  get response(): Response {
    return this.#client.response;
  }

  /** Opens the session. Never rejects: the terminal is told. */
  async begin(open: (io: TelnetIo) => Promise<TelnetSession>): Promise<void> {
    try {
      const session = await open(this);
      if (this.#isOver) session.close();
      this.#session = session;
      session.receive(this.#early);
      this.#early = "";
    } catch (error) {
      const { code, message } = asHostError(error);
      this.#options.logger.warn(`A session was not opened: ${message}`, { code });
      // What an actor said is for the log.
      if (code === "provider.overloaded") this.#client.close(1013, message);
      else this.#client.close(1011, "The session was not opened");
    }
  }

  write(text: string): void {
    this.#unanswered += text.length;
    if (this.#unanswered > MAX_UNANSWERED) {
      this.#client.close(1013, "The terminal has sent no message for too much text");
      throw new HostError("provider.overloaded", "The terminal has sent no message for too much text");
    }
    this.#client.send(text);
  }

  closed(reason: string, end: SessionEnd): void {
    this.#client.close(ENDINGS[end], end === "refused" ? "The actor did not take the session" : reason);
  }

  #receive(text: string): void {
    this.#unanswered = 0;
    this.#heardAt = Date.now();
    if (this.#session !== undefined) this.#session.receive(text);
    else if (this.#early.length + text.length <= MAX_MESSAGE) this.#early += text;
    else this.#client.close(1013, "The actor has not taken the session yet");
  }

  /** Closes it when nothing has come for too long. */
  #watch(ms: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#heardAt + this.#options.idleMs - Date.now();
      if (left > 0) this.#watch(left);
      else this.#client.close(1001, "Nothing was typed for too long");
    }, ms);
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#session?.close();
    this.#options.onClosed();
  }
}
