import { Call, receive, refuse, respond } from "./call";
import { takeFailure } from "./failure";
import { health } from "./health";
import { mark, release } from "./heap";

/** Answers one operation; null after `fail` for an error. */
export type Handler = (payload: ArrayBuffer) => ArrayBuffer | null;

class Registration {
  constructor(
    readonly operation: string,
    readonly handler: Handler,
    readonly next: Registration | null,
  ) {}
}

let registrations: Registration | null = null;

/** Registers the handler of an operation. Call it from `wapc_init`. */
export function on(operation: string, handler: Handler): void {
  registrations = new Registration(operation, handler, registrations);
}

/** Answers a call by its registered handler; the texts are those of the Rust guest library. False after an error. */
export function serve(call: Call): bool {
  const handler = find(call.operation);
  if (handler === null) {
    refuse(`No handler registered for function "${call.operation}"`);
    return false;
  }
  const answer = handler(call.payload);
  if (answer === null) {
    refuse(`Guest call failed: ${takeFailure()}`);
    return false;
  }
  respond(answer);
  return true;
}

/** The entry point of a waPC guest; every actor exports it. */
export function __guest_call(operationLength: usize, payloadLength: usize): i32 {
  const start = mark();
  const answered = serve(receive(operationLength, payloadLength));
  release(start);
  return answered ? 1 : 0;
}

function find(operation: string): Handler | null {
  let entry = registrations;
  while (entry !== null && entry.operation != operation) entry = entry.next;
  if (entry !== null) return entry.handler;
  return operation == "HealthRequest" ? health : null;
}
