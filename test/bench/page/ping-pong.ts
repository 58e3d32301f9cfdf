/** A bare worker, and messages to it and back with transfer: the floor under every call into a worker. */
export class PingPong {
  readonly #worker: Worker;
  readonly #waiting: ((answer: Uint8Array) => void)[] = [];

  constructor() {
    this.#worker = new Worker(new URL("./echo-worker.ts", import.meta.url), { type: "module", name: "bare" });
    this.#worker.onmessage = (event: MessageEvent<Uint8Array>) => this.#waiting.shift()?.(event.data);
  }

  /** So many round trips, one after the other. */
  async call(payload: Uint8Array<ArrayBuffer>, trips: number): Promise<Uint8Array> {
    let answer: Uint8Array = payload;
    for (let trip = 0; trip < trips; trip++) {
      const bytes = payload.slice();
      answer = await this.#send(bytes, [bytes.buffer]);
    }
    return answer;
  }

  /** Runs a module's start functions there; compiles it here, if that was not done. */
  async run(module: Uint8Array<ArrayBuffer> | WebAssembly.Module): Promise<void> {
    const compiled = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
    await this.#send(compiled, []);
  }

  async stop(): Promise<void> {
    this.#worker.terminate();
  }

  #send(message: unknown, transfer: Transferable[]): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(message, transfer);
    });
  }
}
