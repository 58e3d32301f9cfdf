import type { ActorPlacement, PlacedCall, PlacementOptions } from "../../../src/actors/index.ts";
import type { HostError } from "../../../src/errors/index.ts";

/** What became of a call: its answer, or that it was not begun. */
export type Outcome = Uint8Array | "not begun";

/** A placed guest and its calls as promises. */
export class PlacedGuest {
  readonly placement: ActorPlacement;
  readonly #onHostCall: PlacementOptions["onHostCall"];

  constructor(placement: ActorPlacement, onHostCall: PlacementOptions["onHostCall"]) {
    this.placement = placement;
    this.#onHostCall = onHostCall;
  }

  get ended(): HostError | undefined {
    return this.placement.ended;
  }

  get replaced(): number {
    return this.placement.replaced;
  }

  end(reason: HostError): void {
    this.placement.end(reason);
  }

  async call(operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const outcome = await this.send(operation, payload).outcome;
    if (outcome === "not begun") throw new Error(outcome);
    return outcome;
  }

  /** Sends a call and gives it out, so that it can be withdrawn. */
  send(
    operation: string,
    payload: Uint8Array,
    hostCall = this.#onHostCall,
  ): { readonly call: PlacedCall; readonly outcome: Promise<Outcome> } {
    let [resolve, reject]: [(outcome: Outcome) => void, (error: HostError) => void] = [() => {}, () => {}];
    const outcome = new Promise<Outcome>((...settle) => {
      [resolve, reject] = settle;
    });
    const notBegun = (): void => resolve("not begun");
    const call: PlacedCall = { operation, payload, hostCall, answered: resolve, failed: reject, notBegun };
    this.placement.send(call);
    return { call, outcome };
  }
}
