// The least an actor can be: three imports, no `wapc_init`. It needs no way to suspend a guest.
import { Call, fail, health, mark, receive, refuse, release, respond, takeFailure } from "../guest";

export function __guest_call(operationLength: usize, payloadLength: usize): i32 {
  const start = mark();
  const answer = handle(receive(operationLength, payloadLength));
  if (answer === null) refuse(takeFailure());
  else respond(answer);
  release(start);
  return answer === null ? 0 : 1;
}

function handle(call: Call): ArrayBuffer | null {
  if (call.operation == "HealthRequest") return health(call.payload);
  if (call.operation == "Echo") return call.payload;
  return fail(`No handler registered for function "${call.operation}"`);
}
