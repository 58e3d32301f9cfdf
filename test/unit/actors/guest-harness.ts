/** A host call as the guest made it. */
export interface HostCall {
  readonly binding: string;
  readonly namespace: string;
  readonly operation: string;
  readonly payload: Uint8Array;
}

/** What the test answers to a host call; an Error's message becomes the host's error text. */
export type HostAnswer = Uint8Array | Error;

/** The guest answered with an error. */
export class GuestError extends Error {}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const EMPTY = new Uint8Array();

/** The least host that can run a guest: one call after the other, host calls answered at once by a function. */
export class Guest {
  /** Every host call so far. */
  readonly hostCalls: HostCall[] = [];
  /** Every line of log so far. */
  readonly log: string[] = [];
  readonly #answer: (call: HostCall) => HostAnswer;
  readonly #exports: WebAssembly.Exports;
  #operation = EMPTY;
  #payload = EMPTY;
  #response: Uint8Array | undefined;
  #error: string | undefined;
  #hostResponse = EMPTY;
  #hostError = EMPTY;

  constructor(
    module: WebAssembly.Module,
    answer: (call: HostCall) => HostAnswer = () => new Error("no host call expected"),
  ) {
    this.#answer = answer;
    this.#exports = new WebAssembly.Instance(module, { wapc: this.#imports() }).exports;
    if (this.#exports["wapc_init"] !== undefined) this.#function("wapc_init")();
  }

  /** Pages of memory the guest has now. */
  get pages(): number {
    return this.#memory.buffer.byteLength / 65_536;
  }

  /** Calls the guest; throws {@link GuestError} for an error it reports, and what the engine throws for a trap. */
  call(operation: string, payload: Uint8Array = EMPTY): Uint8Array {
    this.#operation = encoder.encode(operation);
    this.#payload = new Uint8Array(payload);
    this.#response = undefined;
    this.#error = undefined;
    this.#hostResponse = EMPTY;
    this.#hostError = EMPTY;
    const handled = this.#function("__guest_call")(this.#operation.length, payload.length);
    if (handled === 0) throw new GuestError(this.#error ?? "No error message set for call failure");
    if (this.#response !== undefined) return this.#response;
    throw new GuestError(this.#error ?? "No error message OR response set for call success");
  }

  #imports(): WebAssembly.ModuleImports {
    return {
      __guest_request: (operation: number, payload: number) => {
        this.#write(operation, this.#operation);
        this.#write(payload, this.#payload);
      },
      __guest_response: (start: number, length: number) => {
        this.#response = this.#read(start, length);
      },
      __guest_error: (start: number, length: number) => {
        this.#error = this.#text(start, length);
      },
      __host_call: (...places: number[]) => this.#hostCall(places),
      __host_response_len: () => this.#hostResponse.length,
      __host_response: (start: number) => this.#write(start, this.#hostResponse),
      __host_error_len: () => this.#hostError.length,
      __host_error: (start: number) => this.#write(start, this.#hostError),
      __console_log: (start: number, length: number) => {
        this.log.push(this.#text(start, length));
      },
    };
  }

  #hostCall(places: readonly number[]): number {
    const [b = 0, bl = 0, n = 0, nl = 0, o = 0, ol = 0, p = 0, pl = 0] = places;
    const call = {
      binding: this.#text(b, bl),
      namespace: this.#text(n, nl),
      operation: this.#text(o, ol),
      payload: this.#read(p, pl),
    };
    this.hostCalls.push(call);
    const answer = this.#answer(call);
    const failed = answer instanceof Error;
    this.#hostResponse = failed ? EMPTY : new Uint8Array(answer);
    this.#hostError = failed ? encoder.encode(answer.message) : EMPTY;
    return failed ? 0 : 1;
  }

  get #memory(): WebAssembly.Memory {
    const memory = this.#exports["memory"];
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("the module exports no memory");
    return memory;
  }

  #function(name: string): (...parameters: number[]) => unknown {
    const exported = this.#exports[name];
    if (typeof exported !== "function") throw new Error(`the module exports no function ${name}`);
    return (...parameters) => exported(...parameters);
  }

  #read(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, start >>> 0, length >>> 0).slice();
  }

  #text(start: number, length: number): string {
    return decoder.decode(this.#read(start, length));
  }

  #write(start: number, bytes: Uint8Array): void {
    new Uint8Array(this.#memory.buffer).set(bytes, start >>> 0);
  }
}
