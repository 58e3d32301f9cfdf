import * as v from "valibot";
import { type ActorClaims, parseActorPayload } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import { MAX_REPLY_BYTES } from "./control-requests.ts";
import { decodeJson, longText, mapOf, revision, text } from "./json.ts";

/** What a host says of the health of something that runs on it. */
export type PublishedState =
  | { readonly state: "running" }
  | { readonly state: "unhealthy"; readonly reason: string };

/** What hosts tell their lattice. Protocol section 9. */
export type PublishedEventBody =
  | { readonly type: "host_started" }
  | { readonly type: "host_stopped" }
  | { readonly type: "actor_started"; readonly actor: string; readonly reference?: string }
  | { readonly type: "actor_stopped"; readonly actor: string }
  | {
      readonly type: "actor_update_began" | "actor_update_completed";
      readonly actor: string;
      readonly oldRevision: number;
      readonly newRevision: number;
    }
  | {
      readonly type: "provider_started";
      readonly provider: string;
      readonly contractId: string;
      readonly linkName: string;
      readonly reference?: string;
    }
  | {
      readonly type: "provider_stopped";
      readonly provider: string;
      readonly contractId: string;
      readonly linkName: string;
    }
  | {
      readonly type: "heartbeat";
      /** All claims that the host knows; nothing vouches for them. Those that cannot be read are left out. */
      readonly claims: readonly ActorClaims[];
      /** By key of what runs on the host. */
      readonly states: Readonly<Record<string, PublishedState>>;
    };

/** What a host told its lattice, and when. Nothing vouches for it. */
export type PublishedEvent = PublishedEventBody & {
  /** The `N…` key of the host that tells it. */
  readonly hostId: string;
  /** Milliseconds since the epoch; hosts tell whole seconds. */
  readonly time: number;
};

/** Claims and entities of one heartbeat. */
const MAX_ENTRIES = 100_000;

const LATEST_SECOND = 8_640_000_000_000;
const message = v.object({
  event: v.unknown(),
  header: v.object({
    host_origin: text,
    timestamp: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LATEST_SECOND)),
  }),
});
const actor = v.object({ actor: text });
const startedActor = v.object({ actor: text, image_ref: v.nullish(text) });
const update = v.object({ actor: text, old_revision: revision, new_revision: revision });
const provider = v.object({ contract_id: text, link_name: text, provider_id: text });
const startedProvider = v.object({ ...provider.entries, image_ref: v.nullish(text) });
const heartbeat = v.object({
  claims: v.pipe(v.array(v.unknown()), v.maxLength(MAX_ENTRIES)),
  entities: mapOf(v.unknown(), MAX_ENTRIES),
});

/**
 * Reads a message of the events subject.
 *
 * @throws HostError `input.invalid`, `input.too_large` for what is no event that this generation knows.
 */
export function readPublishedEvent(data: Uint8Array): PublishedEvent {
  const { event, header } = decodeJson(message, data, MAX_REPLY_BYTES);
  const body = readBody(event);
  return { ...body, hostId: header.host_origin, time: header.timestamp * 1_000 };
}

function readBody(event: unknown): PublishedEventBody {
  const { name, value } = variantOf(event);
  switch (name) {
    case "HostStarted":
      return unit(value, { type: "host_started" });
    case "HostStopped":
      return unit(value, { type: "host_stopped" });
    case "ActorStarted": {
      const { actor, image_ref } = fitting(startedActor, value);
      return { type: "actor_started", actor, ...referenceOf(image_ref) };
    }
    case "ActorStopped":
      return { type: "actor_stopped", actor: fitting(actor, value).actor };
    case "ActorUpdateBegan":
      return { type: "actor_update_began", ...revisions(value) };
    case "ActorUpdateCompleted":
      return { type: "actor_update_completed", ...revisions(value) };
    case "ProviderStarted": {
      const started = fitting(startedProvider, value);
      return { type: "provider_started", ...providerOf(started), ...referenceOf(started.image_ref) };
    }
    case "ProviderStopped":
      return { type: "provider_stopped", ...providerOf(fitting(provider, value)) };
    case "Heartbeat":
      return readHeartbeat(value);
    default:
      throw new HostError("input.invalid", `unknown event ${name.slice(0, 100)}`);
  }
}

/** An enum is written as its name, or as an object whose one member is named so. Protocol section 3.6. */
function variantOf(value: unknown): { readonly name: string; readonly value: unknown } {
  if (typeof value === "string") return { name: value, value: null };
  const [entry, more] = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entry !== undefined && more === undefined) return { name: entry[0], value: entry[1] };
  throw new HostError("input.invalid", "no event, but something else");
}

function unit<T>(value: unknown, body: T): T {
  if (value === null) return body;
  throw new HostError("input.invalid", "an event without members has some");
}

function fitting<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new HostError("input.invalid", `${v.getDotPath(issue) ?? "event"}: ${issue.message}`.slice(0, 300));
}

function revisions(value: unknown): { actor: string; oldRevision: number; newRevision: number } {
  const { actor, old_revision, new_revision } = fitting(update, value);
  return { actor, oldRevision: old_revision, newRevision: new_revision };
}

function providerOf(told: v.InferOutput<typeof provider>): {
  provider: string;
  contractId: string;
  linkName: string;
} {
  return { provider: told.provider_id, contractId: told.contract_id, linkName: told.link_name };
}

function referenceOf(reference: string | null | undefined): { reference?: string } {
  return typeof reference === "string" ? { reference } : {};
}

function readHeartbeat(value: unknown): PublishedEventBody {
  const { claims, entities } = fitting(heartbeat, value);
  const states: Record<string, PublishedState> = Object.create(null);
  for (const [key, state] of Object.entries(entities)) states[key] = readState(state);
  return { type: "heartbeat", claims: claims.flatMap(readClaims), states };
}

function readState(told: unknown): PublishedState {
  const { name, value } = variantOf(told);
  if (name === "Running") return unit(value, { state: "running" });
  if (name === "Unhealthy") return { state: "unhealthy", reason: fitting(longText, value) };
  throw new HostError("input.invalid", `unknown state ${name.slice(0, 100)}`);
}

/** Claims are announced by anybody, and one that cannot be read must not hide the health of a whole host. */
function readClaims(told: unknown): ActorClaims[] {
  try {
    return [parseActorPayload(told)];
  } catch {
    return [];
  }
}
