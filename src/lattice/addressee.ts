import { type Entity, type Invocation, SYSTEM_ACTOR } from "../claims/index.ts";
import { type ErrorCode, HostError } from "../errors/index.ts";

/** The operation by which first-party hosts stop a target. */
const HALT = "__halt";

/**
 * Checks that an invocation from the lattice is for the entity whose subject it came to, and is one that may come
 * from there at all. Texts of protocol section 4.7; refusals of sections 4.8 and 4.9.
 *
 * @throws HostError `dispatch.wrong_target` or `lattice.forbidden`.
 */
export function checkAddressee(invocation: Invocation, served: Entity): void {
  const { origin, target, operation } = invocation;
  if (operation === HALT) throw refusal("lattice.forbidden", "Nothing can be halted over the lattice");
  if (served.kind === "actor") {
    if (target.kind !== "actor") {
      throw refusal(
        "dispatch.wrong_target",
        "Actor received invocation that should have been delivered to a provider",
      );
    }
    if (target.id !== served.id) {
      throw refusal("dispatch.wrong_target", "Invocation target ID did not match actor ID");
    }
    return;
  }
  if (target.kind !== "provider") {
    throw refusal("dispatch.wrong_target", "Invocation sent to the wrong target");
  }
  if (target.id !== served.id) {
    throw refusal("dispatch.wrong_target", "Invocation target ID did not match provider ID");
  }
  // The subject does not carry the contract: a caller authorized for another one must not get through.
  if (target.contractId !== served.contractId || target.linkName !== served.linkName) {
    throw refusal("dispatch.wrong_target", "Invocation sent to the wrong target");
  }
  if (origin.kind !== "actor") {
    throw refusal("dispatch.wrong_target", "Attempt to invoke capability from non-actor origin");
  }
  if (origin.id === SYSTEM_ACTOR) {
    throw refusal("lattice.forbidden", "The system actor cannot call providers over the lattice");
  }
}

function refusal(code: ErrorCode, message: string): HostError {
  return new HostError(code, message);
}
