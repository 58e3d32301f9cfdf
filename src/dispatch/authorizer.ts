import type { ActorClaims, Entity } from "../claims/index.ts";

/**
 * Decides, after the checks every host makes, what else is allowed. It can only take away: claims that lack a
 * capability are refused before it is asked. Protocol section 4.6.
 */
export interface Authorizer {
  /** May an actor with these verified claims run here? */
  canLoad(claims: ActorClaims): boolean | Promise<boolean>;
  /** May this actor call this target? */
  canInvoke(claims: ActorClaims, target: Entity, operation: string): boolean | Promise<boolean>;
}

/** Allows whatever the claims allow: the default. */
export const ALLOW_ALL: Authorizer = { canLoad: () => true, canInvoke: () => true };
