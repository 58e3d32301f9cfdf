/** The id that stands for a host or control client as caller; not a key. Protocol section 4.9. */
export const SYSTEM_ACTOR = "system";

/** An actor, named by its `M…` key, or `system` as origin. */
export interface ActorEntity {
  readonly kind: "actor";
  readonly id: string;
}

/** A capability provider under one of its link names. */
export interface ProviderEntity {
  readonly kind: "provider";
  /** The provider's `V…` key. */
  readonly id: string;
  readonly contractId: string;
  readonly linkName: string;
}

/** Who calls, or who is called. Protocol section 3.4. */
export type Entity = ActorEntity | ProviderEntity;

/**
 * The URL of an entity, for hashes, claims and logs only; routing uses the raw strings. Protocol section 4.2.
 */
export function entityUrl(entity: Entity): string {
  if (entity.kind === "actor") return `wasmbus://${entity.id}`;
  const contract = entity.contractId.replaceAll(":", "/").replaceAll(" ", "_").toLowerCase();
  const link = entity.linkName.replaceAll(" ", "_").toLowerCase();
  return `wasmbus://${contract}/${link}/${entity.id}`;
}

/** A string that equals another entity's only if all fields are equal: the key of local routing tables. */
export function entityKey(entity: Entity): string {
  return entity.kind === "actor" ? entity.id : `${entity.id}\n${entity.contractId}\n${entity.linkName}`;
}
