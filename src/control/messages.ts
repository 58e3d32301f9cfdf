import * as v from "valibot";
import type { ActorClaims } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";
import type { Inventory } from "./controlled-host.ts";

/** Bytes of a control message that are looked at; longer ones are refused. */
const MAX_BYTES = 64 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const text = v.pipe(v.string(), v.maxLength(4_096));
const startActor = v.object({ actor_ref: text, host_id: text });
const stopActor = v.object({ host_id: text, actor_ref: text });

/** A command about an actor; the host id in it is not compared, the subject decides. Protocol section 8. */
export interface ActorCommand {
  readonly actor_ref: string;
  readonly host_id: string;
}

/** @throws HostError `input.invalid` whose text is the reason alone. */
export function readStartActor(data: Uint8Array): ActorCommand {
  return read(startActor, data);
}

/** @throws HostError `input.invalid` whose text is the reason alone. */
export function readStopActor(data: Uint8Array): ActorCommand {
  return read(stopActor, data);
}

/** `StartActorAck`. Protocol section 8.1. */
export function startActorAck(hostId: string, reference: string, failure: string | null): Uint8Array {
  return json({ host_id: hostId, actor_ref: reference, failure });
}

/** `StopActorAck`. */
export function stopActorAck(failure: string | null): Uint8Array {
  return json({ failure });
}

/** `Host`: the reply to `get.hosts`. */
export function hostReply(id: string, uptime: number): Uint8Array {
  return json({ id, uptime });
}

/** `HostInventory`; an absent reference is left out, not null. */
export function inventoryReply(hostId: string, inventory: Inventory): Uint8Array {
  return json({
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
  return json({
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
  return json({
    links: links.map(({ actorId, providerId, linkName, contractId, values }) => ({
      actor_id: actorId,
      provider_id: providerId,
      link_name: linkName,
      contract_id: contractId,
      values,
    })),
  });
}

function json(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function read<Schema extends v.GenericSchema>(schema: Schema, data: Uint8Array): v.InferOutput<Schema> {
  if (data.length > MAX_BYTES) throw new HostError("input.too_large", `message of ${data.length} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(data));
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error), { cause: error });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new HostError("input.invalid", `${v.getDotPath(issue) ?? "message"}: ${issue.message}`);
}
