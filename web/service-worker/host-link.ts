import {
  type AnswerMessage,
  type FrontMessage,
  type HostMessage,
  type RequestMessage,
  type Route,
  readHostMessage,
} from "./messages.ts";

/** What became of a request at one host. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: AnswerMessage }
  /** The host never had it: another one may. */
  | { readonly kind: "untaken" }
  /** The host had it, and is gone. */
  | { readonly kind: "lost" }
  | { readonly kind: "late" };

/** How long a host may take, in milliseconds. */
export interface Patience {
  /** To say that it is ready. */
  readonly readyMs: number;
  /** To answer. */
  readonly answerMs: number;
}

/** A request without what belongs to one link. */
export type Asked = Omit<RequestMessage, "kind" | "id">;

type Told = HostMessage | "late" | "gone";

/** The front's hold on one host: what it serves, and the requests it works on. */
export class HostLink {
  /** Its id, once it has said it. */
  host: string | undefined;
  routes: readonly Route[] = [];
  readonly #port: MessagePort;
  readonly #onNews: (link: HostLink) => void;
  readonly #waiting = new Map<number | "routes", Set<(told: Told) => void>>();
  #count = 0;
  #isSilent = false;
  #isGone = false;

  private constructor(port: MessagePort, onNews: (link: HostLink) => void) {
    this.#port = port;
    this.#onNews = onNews;
  }

  /**
   * Listens to a host.
   *
   * @param onNews - called with the link when the host has told its routes.
   */
  static open(port: MessagePort, onNews: (link: HostLink) => void): void {
    const link = new HostLink(port, onNews);
    port.onmessage = (event: MessageEvent<unknown>) => {
      try {
        link.#hear(readHostMessage(event.data));
      } catch {
        // What this was to be the answer to is late, and told as such.
      }
    };
  }

  /** Requests that it works on. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Whether the host is gone: it takes no more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether it left an offer without an answer, and has said nothing since. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Offers a request, hands it over when the host is ready, and waits for the answer. */
  async ask(asked: Asked, { readyMs, answerMs }: Patience): Promise<Outcome> {
    if (this.#isGone) return { kind: "untaken" };
    const id = ++this.#count;
    const ready = this.#wait(id, readyMs);
    this.#send({ kind: "offer", id });
    const isReady = await ready;
    if (isReady === "late") this.#isSilent = true;
    if (typeof isReady === "string" || isReady.kind !== "ready") return { kind: "untaken" };
    const answered = this.#wait(id, answerMs);
    this.#send({ ...asked, kind: "request", id }, asked.body === null ? [] : [asked.body]);
    const told = await answered;
    if (told === "late") return { kind: "late" };
    return typeof told !== "string" && told.kind === "answer"
      ? { kind: "answered", answer: told }
      : { kind: "lost" };
  }

  /** Resolves when the host has told its routes of now, or after that time. */
  async refresh(ms: number): Promise<void> {
    if (this.#isGone) return;
    const told = this.#wait("routes", ms);
    this.#send({ kind: "routes?" });
    await told;
  }

  /** The host is gone: nothing more is heard of it. Twice is fine. */
  end(): void {
    this.#isGone = true;
    this.#port.close();
    for (const id of [...this.#waiting.keys()]) this.#tell(id, "gone");
  }

  #hear(message: HostMessage): void {
    this.#isSilent = false;
    switch (message.kind) {
      case "ready":
      case "answer":
        this.#tell(message.id, message);
        return;
      case "hello":
        this.host = message.host;
        return;
      case "routes":
        this.routes = message.routes;
        this.#tell("routes", message);
        this.#onNews(this);
    }
  }

  #wait(id: number | "routes", ms: number): Promise<Told> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting);
      const settle = (told: Told): void => {
        clearTimeout(timer);
        waiting.delete(settle);
        if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
        resolve(told);
      };
      const timer = setTimeout(() => settle("late"), ms);
      waiting.add(settle);
    });
  }

  #tell(id: number | "routes", told: Told): void {
    for (const settle of [...(this.#waiting.get(id) ?? [])]) settle(told);
  }

  #send(message: FrontMessage, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
