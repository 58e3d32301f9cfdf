import * as v from "valibot";
import type { ErrorRecord } from "../errors/index.ts";
import type { LatticeState, RunState } from "../events/index.ts";
import type { HostDescription } from "../host/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";

/** A text that is shown. */
export const text: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(65_536));
/** A key, a name of a link or of a contract. */
export const word: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(256));
export const number: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.finite());

/** A list of no more than 10,000 items. */
export const listOf = <T>(item: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T[]> =>
  v.pipe(v.array(item), v.maxLength(10_000));
/** A map of no more than 10,000 entries. */
export const mapOf = <T>(item: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Record<string, T>> =>
  v.pipe(v.record(v.pipe(v.string(), v.maxLength(256)), item), v.maxEntries(10_000));

export const errorSchema: v.GenericSchema<unknown, ErrorRecord> = v.object({
  // One of a later version of the host is a text like any other.
  code: v.pipe(
    word,
    v.transform((code) => code as ErrorRecord["code"]),
  ),
  message: text,
  hint: v.exactOptional(text),
  details: mapOf<string | number | boolean>(v.union([text, number, v.boolean()])),
  cause: v.exactOptional(text),
});
export const runStateSchema: v.GenericSchema<unknown, RunState> = v.variant("state", [
  v.object({ state: v.literal("running") }),
  v.object({ state: v.literal("unhealthy"), reason: text }),
]);
export const latticeStateSchema: v.GenericSchema<unknown, LatticeState> = v.picklist([
  "standalone",
  "connecting",
  "connected",
  "reconnecting",
]);
const hostCalls = v.picklist(["jspi", "shared-memory", "asyncify", "none"]);
const linkFields = { actorId: word, providerId: word, linkName: word, contractId: word, values: mapOf(text) };
export const linkSchema: v.GenericSchema<unknown, LinkDefinition> = v.object(linkFields);

const latticeSchema = v.object({
  state: latticeStateSchema,
  namespace: text,
  server: v.exactOptional(text),
  serverVersion: v.exactOptional(text),
  since: number,
  error: v.exactOptional(errorSchema),
});
const actorSchema = v.object({
  key: word,
  name: text,
  issuer: word,
  revision: number,
  moduleHash: word,
  version: v.exactOptional(text),
  capabilities: v.exactOptional(listOf(text)),
  callAlias: v.exactOptional(text),
  tags: listOf(text),
  expires: v.exactOptional(number),
  reference: v.exactOptional(text),
  startedAt: number,
  hostCalls,
  placement: v.picklist(["isolated", "pooled"]),
  instances: number,
  liveInstances: number,
  health: runStateSchema,
  calls: number,
  failures: number,
  restarts: number,
  pending: number,
});
const providerSchema = v.object({
  id: word,
  contractId: word,
  linkName: word,
  name: text,
  revision: number,
  version: v.exactOptional(text),
  reference: v.exactOptional(text),
  startedAt: number,
  health: runStateSchema,
  boundActors: listOf(word),
  onLattice: v.boolean(),
});

/** What a host says of itself, as it comes from elsewhere. */
export const descriptionSchema: v.GenericSchema<unknown, HostDescription> = v.object({
  id: word,
  startedAt: number,
  labels: mapOf(text),
  hostCalls,
  lattice: latticeSchema,
  actors: listOf(actorSchema),
  providers: listOf(providerSchema),
  links: listOf(
    v.object({
      ...linkFields,
      state: v.picklist(["bound", "waiting", "refused"]),
      reason: v.exactOptional(text),
    }),
  ),
  counters: mapOf(number),
  limits: v.object({
    rpcTimeoutMs: number,
    callDeadlineMs: number,
    healthTimeoutMs: number,
    healthMisses: number,
    heartbeatMs: number,
    moduleBytes: number,
    memoryBytes: number,
    payloadBytes: number,
    queueLength: number,
    pendingRequests: number,
  }),
});
