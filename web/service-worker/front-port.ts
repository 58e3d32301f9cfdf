import {
  type FrontMessage,
  type HostMessage,
  type RequestMessage,
  type Route,
  readFrontMessage,
} from "./messages.ts";

/** What a host does for its front. */
export interface FrontService {
  /** Never rejects. */
  readonly answer: (request: RequestMessage) => Promise<Response>;
  readonly routes: () => readonly Route[];
}

/** The host's end of a port to the front. */
export class FrontPort {
  readonly #port: MessagePort;
  readonly #service: FrontService;
  #underWay = 0;
  #isRetired = false;

  constructor(port: MessagePort, host: string, service: FrontService) {
    this.#port = port;
    this.#service = service;
    port.onmessage = (event: MessageEvent<unknown>) => {
      try {
        this.#hear(readFrontMessage(event.data));
      } catch {
        // The front will tell whoever waits that it is late.
      }
    };
    this.#send({ kind: "hello", host });
    this.tellRoutes();
  }

  tellRoutes(): void {
    this.#send({ kind: "routes", routes: [...this.#service.routes()] });
  }

  /** Another port has taken its place: it is closed when what is under way is answered. */
  retire(): void {
    this.#isRetired = true;
    if (this.#underWay === 0) this.close();
  }

  /** Twice is fine. */
  close(): void {
    this.#port.close();
  }

  #hear(message: FrontMessage): void {
    if (message.kind === "routes?") this.tellRoutes();
    else if (message.kind === "offer") this.#send({ kind: "ready", id: message.id });
    else void this.#answer(message);
  }

  async #answer(request: RequestMessage): Promise<void> {
    this.#underWay++;
    try {
      const { status, statusText, headers, body } = await readResponse(await this.#service.answer(request));
      this.#send(
        { kind: "answer", id: request.id, status, statusText, headers, body },
        body === null ? [] : [body],
      );
    } finally {
      this.#underWay--;
      if (this.#isRetired && this.#underWay === 0) this.close();
    }
  }

  #send(message: HostMessage, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

async function readResponse(response: Response) {
  const { status, statusText } = response;
  const headers = [...response.headers].map(([name, value]): [string, string] => [name, value]);
  return { status, statusText, headers, body: response.body === null ? null : await response.arrayBuffer() };
}
