import { HostError, messageOf } from "../errors/index.ts";
import { FUEL_EXPORT, FUEL_PER_CALL } from "./fuel.ts";
import { GuestLog } from "./guest-log.ts";
import { GuestMemory } from "./guest-memory.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategy, NumericFunction } from "./host-call.ts";
import { IMPORT_MODULES } from "./module-shape.ts";
import { isNormalReturn } from "./wasi/guest-exit.ts";
import { wasiImports } from "./wasi/wasi-imports.ts";

/** What a guest is run with. */
export interface GuestOptions {
  readonly strategy: HostCallStrategy;
  /** Takes a line of the guest's console. */
  readonly log: (text: string) => void;
  /** Bytes of a response or of a host call's payload; more is refused. */
  readonly maxPayloadBytes: number;
  /** The module has fuel counters; default false. One that has not may export what it likes under their name. */
  readonly fuel?: boolean;
  /** Bytes its memory can grow to, as patched into the module, to tell why a guest failed; default 4 GiB. */
  readonly maxMemoryBytes?: number;
}

/** An exported function of the guest, as the strategy lets it be called. */
type GuestEntry = (...args: number[]) => number | Promise<number>;

/** A guest with less room than this to grow that fails has most likely failed for want of memory. */
const MEMORY_MARGIN_BYTES = 1024 * 1024;
/** Characters kept of an error text or console line of a guest. */
const MAX_TEXT = 10_240;
const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * One instance of a waPC guest. Protocol section 6. Serves one call at a time: entering it again while it waits in a
 * host call would corrupt its stack, so a second call is refused. After a trap it must be thrown away.
 */
export class GuestInstance {
  readonly #options: GuestOptions;
  readonly #log: GuestLog;
  #memory: GuestMemory | undefined;
  #guestCall: GuestEntry | undefined;
  #fuel: WebAssembly.Global | undefined;
  #busy = false;
  #broken = false;
  /** Kept with its bytes from call to call: most guests are asked for the same again and again. */
  #operationName = "";
  #operation: Uint8Array = EMPTY;
  #payload: Uint8Array = EMPTY;
  #response: Uint8Array<ArrayBuffer> | undefined;
  #guestError: string | undefined;
  #hostResponse: Uint8Array = EMPTY;
  #hostError: Uint8Array = EMPTY;

  private constructor(options: GuestOptions) {
    this.#options = options;
    this.#log = new GuestLog(options.log);
  }

  /**
   * Instantiates a module and runs `_initialize`, `_start` and `wapc_init`, those it has, in this order.
   *
   * @throws HostError `guest.trap` if one of them fails.
   */
  static async start(module: WebAssembly.Module, options: GuestOptions): Promise<GuestInstance> {
    const guest = new GuestInstance(options);
    const functions = guest.#imports();
    const imports = {
      ...Object.fromEntries(IMPORT_MODULES.map((name) => [name, functions])),
      ...wasiImports({ memory: () => guest.#readyMemory(), log: guest.#log }, module),
    };
    const { exports } = await instantiate(module, imports);
    guest.#memory = new GuestMemory(exports["memory"] as WebAssembly.Memory);
    if (options.fuel === true) guest.#fuel = exports[FUEL_EXPORT] as WebAssembly.Global;
    options.strategy.attach?.(exports);
    const entry = (name: string): GuestEntry | undefined => {
      const fn = exports[name];
      return typeof fn === "function" ? options.strategy.exportFor(fn as NumericFunction) : undefined;
    };
    guest.#guestCall = entry("__guest_call");
    for (const name of ["_initialize", "_start", "wapc_init"]) {
      try {
        await entry(name)?.();
      } catch (error) {
        if (isNormalReturn(name, error)) continue;
        throw new HostError("guest.trap", `The guest failed in ${name}: ${messageOf(error)}`, {
          cause: error,
        });
      } finally {
        guest.#log.end();
      }
    }
    return guest;
  }

  /**
   * Calls an operation of the guest.
   *
   * @throws HostError `guest.failure` with the guest's own text, or `guest.trap`.
   */
  async call(operation: string, payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#guestCall === undefined || this.#busy)
      throw new HostError("internal", "The guest is not ready");
    this.#busy = true;
    this.#log.begin();
    if (operation !== this.#operationName) {
      this.#operationName = operation;
      this.#operation = encoder.encode(operation);
    }
    this.#payload = payload;
    this.#response = undefined;
    this.#guestError = undefined;
    this.#hostResponse = this.#hostError = EMPTY;
    let handled: number;
    try {
      this.#refuel();
      handled = await this.#guestCall(this.#operation.length, payload.length);
    } catch (error) {
      this.#broken = true;
      throw this.#trap(error);
    } finally {
      this.#busy = false;
      this.#payload = EMPTY;
      this.#log.end();
    }
    return this.#outcome(handled);
  }

  /** Something unwound the guest: its stack is leaked and locks may be held, so it must not be used again. */
  get broken(): boolean {
    return this.#broken;
  }

  #refuel(): void {
    if (this.#fuel !== undefined) this.#fuel.value = FUEL_PER_CALL;
  }

  /** Why the guest was unwound. */
  #trap(error: unknown): HostError {
    if (error instanceof HostError) return error;
    if (this.#fuel !== undefined && Number(this.#fuel.value) <= 0) {
      return new HostError("guest.fuel", "The guest ran for too long and was stopped", { cause: error });
    }
    const { maxMemoryBytes = 2 ** 32 } = this.#options;
    const room = maxMemoryBytes - (this.#memory?.size ?? 0);
    if (room < MEMORY_MARGIN_BYTES) {
      const message = `The guest failed with its memory of ${maxMemoryBytes} bytes used up: ${messageOf(error)}`;
      return new HostError("guest.memory_limit", message, { cause: error, details: { maxMemoryBytes } });
    }
    return new HostError("guest.trap", messageOf(error), { cause: error });
  }

  /** The table of protocol section 6.2. */
  #outcome(handled: number): Uint8Array<ArrayBuffer> {
    if (handled !== 0 && this.#response !== undefined) return this.#response;
    const silent =
      handled === 0
        ? "No error message set for call failure"
        : "No error message OR response set for call success";
    throw new HostError("guest.failure", this.#guestError ?? silent);
  }

  #imports(): Record<string, unknown> {
    const memory = (): GuestMemory => this.#readyMemory();
    const host = this.#options.strategy.importFor(
      (args) => this.#beginHostCall(memory(), args),
      (answer) => this.#finishHostCall(answer),
    );
    return {
      __guest_request: (operation: number, payload: number) => {
        memory().write(operation, this.#operation);
        memory().write(payload, this.#payload);
      },
      __guest_response: (pointer: number, length: number) => {
        this.#checkSize(length, "response");
        this.#response = memory().read(pointer, length);
      },
      __guest_error: (pointer: number, length: number) => {
        this.#guestError = memory().readText(pointer, Math.min(length >>> 0, MAX_TEXT));
      },
      __host_call: host,
      __host_response_len: () => this.#hostResponse.length,
      __host_response: (pointer: number) => memory().write(pointer, this.#hostResponse),
      __host_error_len: () => this.#hostError.length,
      __host_error: (pointer: number) => memory().write(pointer, this.#hostError),
      __console_log: (pointer: number, length: number) => {
        this.#log.line(memory().readText(pointer, Math.min(length >>> 0, MAX_TEXT)));
      },
    };
  }

  /** A start section runs before the memory is known. */
  #readyMemory(): GuestMemory {
    if (this.#memory !== undefined) return this.#memory;
    throw new WebAssembly.RuntimeError("called before the guest was ready");
  }

  #beginHostCall(memory: GuestMemory, args: readonly number[]): HostCallRequest {
    const [bd = 0, bdLen = 0, ns = 0, nsLen = 0, op = 0, opLen = 0, ptr = 0, len = 0] = args;
    this.#hostResponse = this.#hostError = EMPTY;
    this.#checkSize(len, "host call's payload");
    for (const length of [bdLen, nsLen, opLen]) {
      if (length >>> 0 > MAX_TEXT) throw new RangeError("a name of the host call is too long");
    }
    return {
      binding: memory.readText(bd, bdLen),
      namespace: memory.readText(ns, nsLen),
      operation: memory.readText(op, opLen),
      payload: memory.read(ptr, len),
    };
  }

  #finishHostCall(answer: HostCallAnswer): number {
    if (answer.ok) this.#hostResponse = answer.payload;
    else this.#hostError = encoder.encode(answer.message);
    return answer.ok ? 1 : 0;
  }

  #checkSize(length: number, what: string): void {
    if (length >>> 0 <= this.#options.maxPayloadBytes) return;
    throw new HostError(
      "input.too_large",
      `The guest's ${what} has ${length >>> 0} bytes; at most ${this.#options.maxPayloadBytes} are taken`,
    );
  }
}

async function instantiate(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.Instance> {
  try {
    return await WebAssembly.instantiate(module, imports);
  } catch (error) {
    // A stack that overflows in a start section is a RangeError too.
    if (error instanceof RangeError && /memory/i.test(error.message)) {
      throw new HostError("guest.out_of_memory", `No memory for an instance: ${error.message}`, {
        cause: error,
      });
    }
    throw new HostError("guest.trap", `The guest could not be instantiated: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
