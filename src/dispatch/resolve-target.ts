import type { Entity } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import { isPublicKey } from "../keys/index.ts";
import type { LatticeCache } from "../lattice/index.ts";

/** The link name that a blank binding means. */
export const DEFAULT_LINK_NAME = "default";

/**
 * Finds whom a guest means: an actor by key, an actor by alias, or the provider linked for a contract, in this order.
 * Protocol section 5.1.
 *
 * @param actor - the calling actor's key.
 * @throws HostError `dispatch.no_target`.
 */
export function resolveTarget(
  cache: LatticeCache,
  actor: string,
  namespace: string,
  binding: string,
): Entity {
  const linkName = binding.trim() === "" ? DEFAULT_LINK_NAME : binding;
  const called = resolveActor(cache, namespace);
  if (called !== undefined) return { kind: "actor", id: called };
  const link = cache.link(actor, namespace, linkName);
  if (link !== undefined) {
    return { kind: "provider", id: link.providerId, contractId: namespace, linkName };
  }
  throw new HostError(
    "dispatch.no_target",
    `The target ${namespace} was not found as an actor public key, an actor call alias, or as the contract ID in an ` +
      `existing link from source actor ${actor}`,
    {
      hint: `Link the actor to a provider of ${namespace} under the link name ${linkName}, or start the actor meant.`,
    },
  );
}

/** The key of an actor given by key or call alias; undefined if it is neither. */
export function resolveActor(cache: LatticeCache, keyOrAlias: string): string | undefined {
  return isPublicKey(keyOrAlias, "module") ? keyOrAlias : cache.aliasOwner(keyOrAlias);
}
