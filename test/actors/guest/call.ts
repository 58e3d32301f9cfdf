import { guestError, guestRequest, guestResponse } from "./abi";
import { allocate } from "./heap";

/** One call into the actor. */
export class Call {
  constructor(
    readonly operation: string,
    readonly payload: ArrayBuffer,
  ) {}
}

/** Fetches the call that `__guest_call` was told the lengths of. */
export function receive(operationLength: usize, payloadLength: usize): Call {
  const operation = allocate(operationLength);
  const payload = allocate(payloadLength);
  guestRequest(changetype<usize>(operation), changetype<usize>(payload));
  return new Call(String.UTF8.decode(operation), payload);
}

/** Answers the call. */
export function respond(answer: ArrayBuffer): void {
  guestResponse(changetype<usize>(answer), answer.byteLength);
}

/** Ends the call with an error; `__guest_call` must then return 0. */
export function refuse(text: string): void {
  const bytes = String.UTF8.encode(text);
  guestError(changetype<usize>(bytes), bytes.byteLength);
}
