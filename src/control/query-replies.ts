import type { ActorClaims } from "../claims/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";
import type { Inventory } from "./controlled-host.ts";
import { encodeJson } from "./json.ts";

/** `Host`: the reply to `get.hosts`. Protocol section 8.1. */
export function hostReply(id: string, uptime: number): Uint8Array {
  return encodeJson({ id, uptime });
}

/** `HostInventory`; an absent reference is left out, not null. */
export function inventoryReply(hostId: string, inventory: Inventory): Uint8Array {
  return encodeJson({
    host_id: hostId,
    labels: inventory.labels,
    actors: inventory.actors.map(({ id, reference, name, revision }) => ({
      id,
      ...(reference === undefined ? {} : { image_ref: reference }),
      name,
      revision,
    })),
    providers: inventory.providers.map(({ id, linkName, reference, name, revision }) => ({
      id,
      link_name: linkName,
      ...(reference === undefined ? {} : { image_ref: reference }),
      name,
      revision,
    })),
  });
}

/** `ClaimsList`: flat texts, with `version` rather than `ver`. Protocol section 8.6. */
export function claimsReply(claims: readonly ActorClaims[]): Uint8Array {
  return encodeJson({
    claims: claims.map(({ subject, issuer, capabilities, revision, version }) => ({
      values: {
        sub: subject,
        iss: issuer,
        caps: (capabilities ?? []).join(","),
        rev: String(revision),
        version: version ?? "",
      },
    })),
  });
}

/** `LinkDefinitionList`. */
export function linksReply(links: readonly LinkDefinition[]): Uint8Array {
  return encodeJson({
    links: links.map(({ actorId, providerId, linkName, contractId, values }) => ({
      actor_id: actorId,
      provider_id: providerId,
      link_name: linkName,
      contract_id: contractId,
      values,
    })),
  });
}
