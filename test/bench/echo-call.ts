import { SYSTEM_ACTOR, type UnsignedInvocation } from "../../src/claims/index.ts";
import { encodeInvocationResponse } from "../../src/lattice/index.ts";

/** A host's own call of an echoing actor, as it goes over the lattice. */
export function echoCall(actor: string, payload: Uint8Array): UnsignedInvocation {
  return {
    origin: { kind: "actor", id: SYSTEM_ACTOR },
    target: { kind: "actor", id: actor },
    operation: "Echo",
    payload,
  };
}

/** Bytes of the answer to it. */
export function echoReplyBytes(payload: Uint8Array): number {
  return encodeInvocationResponse({ payload, invocationId: crypto.randomUUID() }).length;
}
