import type { ActorClaims } from "../claims/index.ts";
import type { LinkDefinition } from "./link-definition.ts";

/** Something that a lattice cache knows now and did not know before, or no longer knows. */
export type CacheChange =
  | { readonly kind: "claims"; readonly claims: ActorClaims }
  | { readonly kind: "link"; readonly link: LinkDefinition }
  | { readonly kind: "link_removed"; readonly link: LinkDefinition }
  | { readonly kind: "alias"; readonly alias: string; readonly actor: string }
  | { readonly kind: "reference"; readonly reference: string; readonly key: string };

/**
 * Why a cache changed: this host did it or heard an announcement, another cache of the lattice told it, or it was kept
 * from an earlier run.
 */
export type ChangeCause = "local" | "replicated" | "restored";

/** Told of a change after it was made. Must not throw. */
export type CacheListener = (change: CacheChange, cause: ChangeCause) => void;
