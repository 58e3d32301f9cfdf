import type { Actor, CallContext } from "../actors/index.ts";
import { checkClaimDates, type Entity } from "../claims/index.ts";
import { asHostError, HostError } from "../errors/index.ts";
import type { ProviderInstance } from "../providers/index.ts";

/** A call on its last step. */
export interface Delivery {
  readonly origin: Entity;
  readonly operation: string;
  /** Handed over. */
  readonly payload: Uint8Array;
  readonly context: CallContext;
}

/** Something on this host that can be called. */
export interface LocalTarget {
  readonly entity: Entity;
  /** Other hosts may call it too. */
  readonly onLattice: boolean;
  /** @throws HostError whose message is the error text of protocol section 4.7. */
  deliver(delivery: Delivery): Promise<Uint8Array>;
}

/** @param now - milliseconds since the epoch, to see whether the claims have expired meanwhile. */
export function actorTarget(actor: Actor, now: () => number): LocalTarget {
  return {
    entity: { kind: "actor", id: actor.key },
    onLattice: true,
    deliver: async ({ operation, payload, context }) => {
      try {
        checkClaimDates(actor.claims, Math.floor(now() / 1_000));
        return await actor.call(operation, payload, context);
      } catch (error) {
        throw actorFailure(asHostError(error));
      }
    },
  };
}

/** @param now - milliseconds since the epoch. */
export function providerTarget(instance: ProviderInstance, now: () => number): LocalTarget {
  return {
    entity: instance.entity,
    onLattice: instance.onLattice,
    deliver: async ({ origin, operation, payload, context }) => {
      if (origin.kind !== "actor") {
        throw new HostError("dispatch.wrong_target", "Attempt to invoke capability from non-actor origin");
      }
      const answer = await instance.call(
        origin.id,
        operation,
        payload,
        Math.max(0, context.deadline - now()),
      );
      // The answer is handed on, and may be moved to another worker; the provider may have kept its own bytes.
      return answer.slice();
    },
  };
}

function actorFailure(error: HostError): HostError {
  const fromGuest = error.code === "guest.failure" || error.code === "guest.trap";
  return new HostError(
    error.code,
    `Failed to invoke actor: ${fromGuest ? "Guest call failure: " : ""}${error.message}`,
    { ...(error.hint === undefined ? {} : { hint: error.hint }), details: error.details, cause: error.cause },
  );
}
