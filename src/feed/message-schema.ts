import * as v from "valibot";
import type { Entity } from "../claims/index.ts";
import type { HostEvent } from "../events/index.ts";
import {
  descriptionSchema,
  errorSchema,
  latticeStateSchema,
  linkSchema,
  mapOf,
  number,
  runStateSchema,
  text,
  word,
} from "./description-schema.ts";
import { type FeedMessage, MAX_BATCH } from "./protocol.ts";

const time = { time: number };
const actor = { ...time, actor: word, name: text };
const revisions = { ...actor, oldRevision: number, newRevision: number };
const provider = { ...time, provider: word, linkName: word, name: text };
const contract = { ...provider, contractId: word };
const reference = { reference: v.exactOptional(text) };
const error = { error: errorSchema };
const link = { ...time, link: linkSchema };

const entitySchema: v.GenericSchema<unknown, Entity> = v.variant("kind", [
  v.object({ kind: v.literal("actor"), id: word }),
  v.object({ kind: v.literal("provider"), id: word, contractId: word, linkName: word }),
]);
const callSchema = v.object({
  route: v.picklist(["local", "outbound", "inbound"]),
  origin: entitySchema,
  target: entitySchema,
  operation: text,
  durationMs: number,
  requestBytes: number,
  responseBytes: number,
  error: v.exactOptional(errorSchema),
});
const eventSchema: v.GenericSchema<unknown, HostEvent> = v.variant("type", [
  v.object({ type: v.literal("host_started"), ...time }),
  v.object({ type: v.literal("host_stopped"), ...time }),
  v.object({
    type: v.literal("lattice_changed"),
    ...time,
    state: latticeStateSchema,
    reason: v.exactOptional(text),
  }),
  v.object({ type: v.literal("actor_started"), ...actor, ...reference }),
  v.object({ type: v.literal("actor_stopped"), ...actor }),
  v.object({ type: v.literal("actor_failed"), ...actor, ...error }),
  v.object({ type: v.literal("actor_update_began"), ...revisions }),
  v.object({ type: v.literal("actor_update_completed"), ...revisions, ...reference }),
  v.object({ type: v.literal("actor_update_failed"), ...actor, ...error }),
  v.object({ type: v.literal("provider_failed"), ...provider, ...error }),
  v.object({ type: v.literal("provider_started"), ...contract, ...reference }),
  v.object({ type: v.literal("provider_stopped"), ...contract }),
  v.object({ type: v.literal("link_set"), ...link }),
  v.object({ type: v.literal("link_removed"), ...link }),
  v.object({ type: v.literal("link_bound"), ...link, error: v.exactOptional(errorSchema) }),
  v.object({ type: v.literal("call"), ...time, call: callSchema }),
  v.object({ type: v.literal("heartbeat"), ...time, states: mapOf(runStateSchema) }),
]);

/** A batch of the feed, as it comes from elsewhere. */
export const batchSchema: v.GenericSchema<unknown, FeedMessage[]> = v.pipe(
  v.array(
    v.variant("kind", [
      v.object({ kind: v.literal("host"), description: descriptionSchema }),
      v.object({ kind: v.literal("event"), event: eventSchema }),
      v.object({ kind: v.literal("skipped"), count: number }),
    ]),
  ),
  v.maxLength(MAX_BATCH),
);
