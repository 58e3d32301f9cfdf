import * as v from "valibot";
import { decodeJson, encodeJson, text } from "./json.ts";

/** Bytes of a command or auction that are looked at; longer ones are refused. */
export const MAX_REQUEST_BYTES: number = 65_536;

// The host id must be there and is not compared: the subject decides who a command is for. Protocol section 8.
const actorCommand = v.object({ actor_ref: text, host_id: text });
const startProvider = v.object({ host_id: text, provider_ref: text, link_name: text });
const stopProvider = v.object({ ...startProvider.entries, contract_id: text });
const updateActor = v.object({ host_id: text, actor_id: text, new_actor_ref: text });

/** A provider that a command is about. */
export interface ProviderCommand {
  /** Reference or key. */
  readonly reference: string;
  /** As given: may be empty. */
  readonly linkName: string;
}

/** An actor to update. */
export interface UpdateCommand {
  /** Its key; never a reference. */
  readonly actorId: string;
  /** Where its newer module is. */
  readonly reference: string;
}

/** `StartActorCommand` or `StopActorCommand`: the reference or key. @throws HostError as {@link decodeJson}. */
export function readActorCommand(data: Uint8Array): string {
  return decodeJson(actorCommand, data, MAX_REQUEST_BYTES).actor_ref;
}

/** `StartProviderCommand`. @throws HostError as {@link decodeJson}. */
export function readStartProvider(data: Uint8Array): ProviderCommand {
  const command = decodeJson(startProvider, data, MAX_REQUEST_BYTES);
  return { reference: command.provider_ref, linkName: command.link_name };
}

/**
 * `StopProviderCommand`. Its contract must be there and is not compared: the key says which it is, and first-party
 * hosts leave a subscription behind for a wrong one. @throws HostError as {@link decodeJson}.
 */
export function readStopProvider(data: Uint8Array): ProviderCommand {
  const command = decodeJson(stopProvider, data, MAX_REQUEST_BYTES);
  return { reference: command.provider_ref, linkName: command.link_name };
}

/** `UpdateActorCommand`. @throws HostError as {@link decodeJson}. */
export function readUpdateActor(data: Uint8Array): UpdateCommand {
  const command = decodeJson(updateActor, data, MAX_REQUEST_BYTES);
  return { actorId: command.actor_id, reference: command.new_actor_ref };
}

/** `StartActorAck`. Protocol section 8.1. */
export function startActorAck(hostId: string, reference: string, failure: string | null): Uint8Array {
  return encodeJson({ host_id: hostId, actor_ref: reference, failure });
}

/** `StartProviderAck`. */
export function startProviderAck(hostId: string, reference: string, failure: string | null): Uint8Array {
  return encodeJson({ host_id: hostId, provider_ref: reference, failure });
}

/** `StopActorAck` and `StopProviderAck`. */
export function stopAck(failure: string | null): Uint8Array {
  return encodeJson({ failure });
}

/** `UpdateActorAck`. */
export function updateActorAck(accepted: boolean): Uint8Array {
  return encodeJson({ accepted });
}
