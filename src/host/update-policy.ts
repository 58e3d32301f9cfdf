import type { ActorClaims } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";

/** Which live updates of actors a host takes. Protocol section 6.5. */
export interface UpdatePolicy {
  /** Default false: none. */
  readonly enabled: boolean;
  /** The new module must have the same capabilities; default true. */
  readonly strict: boolean;
  /** The new module must be signed by the same account; default true. First-party hosts do not look. */
  readonly sameIssuer: boolean;
}

/** The policy of a host that was given none. */
export const DEFAULT_UPDATE_POLICY: UpdatePolicy = Object.freeze({
  enabled: false,
  strict: true,
  sameIssuer: true,
});

/** @throws HostError `actor.update_refused` where updates are not enabled. */
export function requireUpdates({ enabled }: UpdatePolicy): void {
  if (enabled) return;
  throw refused("Attempt to live update actor denied. Runtime updates for this actor are not enabled", {
    hint: "Build the host with enableLiveUpdates().",
  });
}

/**
 * Checks that a verified module may take the place of a running one.
 *
 * @throws HostError `actor.update_refused` with the first-party text where there is one.
 */
export function checkUpdate(running: ActorClaims, next: ActorClaims, policy: UpdatePolicy): void {
  if (next.subject !== running.subject) {
    throw refused("Public keys of old actor and new actor do not match. Update denied.");
  }
  if (next.revision <= running.revision) {
    throw refused("Cannot live update if the new module is not a higher revision number", {
      details: { running: running.revision, next: next.revision },
    });
  }
  if (policy.strict && !sameCapabilities(running, next)) {
    throw refused(
      "Strict claims checking does not allow live updated actors to have different capability claims",
    );
  }
  if (policy.sameIssuer && next.issuer !== running.issuer) {
    throw refused("The new module is signed by another account than the running one. Update denied.", {
      hint: "Sign it with the same account, or build the host with allowUpdatesByOtherIssuers().",
      details: { running: running.issuer, next: next.issuer },
    });
  }
}

/** Equal as multisets; absent is not the same as empty. */
function sameCapabilities(one: ActorClaims, other: ActorClaims): boolean {
  const listed = ({ capabilities }: ActorClaims): string => JSON.stringify(capabilities?.toSorted() ?? null);
  return listed(one) === listed(other);
}

function refused(message: string, options: ConstructorParameters<typeof HostError>[2] = {}): HostError {
  return new HostError("actor.update_refused", message, options);
}
