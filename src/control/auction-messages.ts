import * as v from "valibot";
import { MAX_REQUEST_BYTES } from "./command-messages.ts";
import { decodeJson, encodeJson, text, textMap } from "./json.ts";

/** Labels that a host must have, with exactly these values. */
export type Constraints = Readonly<Record<string, string>>;

/** `ActorAuctionRequest`. Protocol section 8.1. */
export interface ActorAuction {
  /** Reference or key. */
  readonly reference: string;
  readonly constraints: Constraints;
}

/** `ProviderAuctionRequest`. Protocol section 8.1. */
export interface ProviderAuction extends ActorAuction {
  /** As given: may be empty. */
  readonly linkName: string;
}

const actorAuction = v.object({ actor_ref: text, constraints: textMap });
const providerAuction = v.object({ provider_ref: text, link_name: text, constraints: textMap });

/** @throws HostError as {@link decodeJson}. */
export function readActorAuction(data: Uint8Array): ActorAuction {
  const { actor_ref, constraints } = decodeJson(actorAuction, data, MAX_REQUEST_BYTES);
  return { reference: actor_ref, constraints };
}

/** @throws HostError as {@link decodeJson}. */
export function readProviderAuction(data: Uint8Array): ProviderAuction {
  const { provider_ref, link_name, constraints } = decodeJson(providerAuction, data, MAX_REQUEST_BYTES);
  return { reference: provider_ref, linkName: link_name, constraints };
}

/** `ActorAuctionAck`. */
export function actorBid({ reference, constraints }: ActorAuction, hostId: string): Uint8Array {
  return encodeJson({ actor_ref: reference, constraints, host_id: hostId });
}

/** `ProviderAuctionAck`. */
export function providerBid({ reference, linkName }: ProviderAuction, hostId: string): Uint8Array {
  return encodeJson({ provider_ref: reference, link_name: linkName, host_id: hostId });
}
