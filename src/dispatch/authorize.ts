import { type ActorClaims, checkClaimDates, type Entity, SYSTEM_ACTOR } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import type { Authorizer } from "./authorizer.ts";

/** What authorization looks at. */
export interface AuthorizationRequest {
  readonly origin: Entity;
  readonly target: Entity;
  readonly operation: string;
  /** Claims of an actor, if known. */
  readonly claimsOf: (actor: string) => ActorClaims | undefined;
  readonly authorizer: Authorizer;
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * Checks a call that starts on this host. The caller learns only that it was denied; why is in the error's details.
 * Protocol section 4.6.
 *
 * @throws HostError `dispatch.denied`.
 */
export async function authorize(request: AuthorizationRequest): Promise<void> {
  const { origin } = request;
  if (origin.kind === "provider" || origin.id === SYSTEM_ACTOR) return;
  const claims = claimsOfOrigin(request);
  if (claims === undefined) throw denied(`No claims found for actor '${origin.id}'. Has it been started?`);
  await authorizeActor(request, claims);
}

/**
 * Checks a call that another host sent: the same rules where the origin's claims are known. Where they are not, its
 * own host has made the check, as between first-party hosts.
 *
 * @throws HostError `dispatch.denied`.
 */
export async function authorizeInbound(request: AuthorizationRequest): Promise<void> {
  const claims = claimsOfOrigin(request);
  if (claims !== undefined) await authorizeActor(request, claims);
}

/** The system actor has none: what a peer may announce for it must not decide about a host's own calls. */
function claimsOfOrigin({ origin, claimsOf }: AuthorizationRequest): ActorClaims | undefined {
  return origin.kind === "provider" || origin.id === SYSTEM_ACTOR ? undefined : claimsOf(origin.id);
}

async function authorizeActor(request: AuthorizationRequest, claims: ActorClaims): Promise<void> {
  const { target, operation, authorizer, now } = request;
  try {
    checkClaimDates(claims, now);
  } catch (error) {
    throw denied(messageOf(error));
  }
  if (claims.capabilities === undefined) {
    throw denied("This actor has no embedded claims. Authorization denied");
  }
  if (target.kind === "provider" && !claims.capabilities.includes(target.contractId)) {
    throw denied("Authorization denied - Actor does not have required claims");
  }
  let allowed: boolean;
  try {
    allowed = await authorizer.canInvoke(claims, target, operation);
  } catch (error) {
    throw denied(`Authorization denied - the authorizer failed: ${messageOf(error)}`);
  }
  if (!allowed) throw denied("Authorization denied - authorizer rejected invocation");
}

function denied(reason: string): HostError {
  return new HostError("dispatch.denied", "Invocation authorization denied", {
    hint: reason,
    details: { reason },
  });
}
