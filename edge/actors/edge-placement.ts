import type { ActorPlacement, PlacedCall } from "../../src/actors/index.ts";
import { asHostError, HostError } from "../../src/errors/index.ts";
import type { AnswerHostCall } from "./isolate-guest.ts";

/** A guest that was started, in this isolate or another. */
export interface EdgeGuest {
  /** Times its instance was thrown away after a trap. */
  readonly replaced: number;
  call(operation: string, payload: Uint8Array, answer: AnswerHostCall): Promise<Uint8Array>;
  /** It gets no more answers to host calls; absent where another isolate sees to that. */
  abandon?(): void;
}

/** A guest as the host's actor sees it. Ending it lets go of it: only its fuel ends a loop. Takes one call at a time. */
export class EdgePlacement implements ActorPlacement {
  readonly #guest: EdgeGuest;
  #ended: HostError | undefined;
  #call: PlacedCall | undefined;

  constructor(guest: EdgeGuest) {
    this.#guest = guest;
  }

  get ended(): HostError | undefined {
    return this.#ended;
  }

  get replaced(): number {
    return this.#guest.replaced;
  }

  get hasRoom(): boolean {
    return this.#ended === undefined && this.#call === undefined;
  }

  send(call: PlacedCall): void {
    if (!this.hasRoom) {
      call.failed(this.#ended ?? new HostError("internal", "The instance is busy"));
      return;
    }
    this.#call = call;
    this.#guest
      .call(call.operation, call.payload, (request) => call.hostCall(request))
      .then(
        (payload) => this.#settle(call)?.answered(payload),
        (error: unknown) => this.#settle(call)?.failed(asHostError(error)),
      );
  }

  /** It begins every call at once. */
  withdraw(): boolean {
    return false;
  }

  end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#guest.abandon?.();
    const call = this.#call;
    this.#call = undefined;
    call?.failed(reason);
  }

  /** The call, if nobody was told of its end yet. */
  #settle(call: PlacedCall): PlacedCall | undefined {
    if (this.#call !== call) return undefined;
    this.#call = undefined;
    return call;
  }
}
