import * as v from "valibot";
import type { LinkDefinition } from "../lattice/index.ts";
import { longText, revision, text, textMap } from "./json.ts";

/** A host that answered. */
export interface HostSummary {
  /** Its `N…` key. */
  readonly id: string;
  readonly uptimeSeconds: number;
}

/** An actor that a host says it runs. */
export interface ListedActor {
  readonly id: string;
  /** Where its module came from, if that was told. */
  readonly reference?: string;
  readonly name?: string;
  readonly revision: number;
}

/** A provider that a host says it runs. */
export interface ListedProvider extends ListedActor {
  readonly linkName: string;
}

/** What a host says it is and runs. */
export interface HostInventory {
  readonly hostId: string;
  /** Without prototype, as everything that is read by name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly actors: readonly ListedActor[];
  readonly providers: readonly ListedProvider[];
}

/** Claims that a host knows, as far as the control interface tells them. Nothing vouches for them. */
export interface ListedClaims {
  readonly subject: string;
  readonly issuer: string;
  readonly capabilities: readonly string[];
  readonly revision: number;
  readonly version?: string;
}

/** An answer to an actor auction. Not a reservation. */
export interface ActorBid {
  readonly hostId: string;
  readonly reference: string;
  readonly constraints: Readonly<Record<string, string>>;
}

/** An answer to a provider auction. Not a reservation. */
export interface ProviderBid {
  readonly hostId: string;
  readonly reference: string;
  readonly linkName: string;
}

/** Entries of one reply. */
const MAX_ENTRIES = 100_000;

function list<T>(entry: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T[]> {
  return v.pipe(v.array(entry), v.maxLength(MAX_ENTRIES));
}

/** `Host`. Protocol section 8.1. */
export const hostSummary: v.GenericSchema<unknown, HostSummary> = v.pipe(
  v.object({ id: text, uptime: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  v.transform(({ id, uptime }) => ({ id, uptimeSeconds: uptime })),
);

const described = { id: text, image_ref: v.nullish(text), name: v.nullish(text), revision };

const listedActor: v.GenericSchema<unknown, ListedActor> = v.pipe(v.object(described), v.transform(fromWire));

const listedProvider: v.GenericSchema<unknown, ListedProvider> = v.pipe(
  v.object({ ...described, link_name: text }),
  v.transform(({ link_name, ...rest }) => ({ ...fromWire(rest), linkName: link_name })),
);

/** `HostInventory`. */
export const hostInventory: v.GenericSchema<unknown, HostInventory> = v.pipe(
  v.object({ host_id: text, labels: textMap, actors: list(listedActor), providers: list(listedProvider) }),
  v.transform(({ host_id, ...rest }) => ({ hostId: host_id, ...rest })),
);

/** `ClaimsList`: the values are flat texts. Protocol section 8.6. */
export const claimsList: v.GenericSchema<unknown, readonly ListedClaims[]> = v.pipe(
  v.object({
    claims: list(
      v.object({
        values: v.object({
          sub: text,
          iss: text,
          caps: v.optional(longText, ""),
          rev: v.optional(v.pipe(v.string(), v.regex(/^-?\d{1,10}$/)), "0"),
          version: v.optional(text, ""),
        }),
      }),
    ),
  }),
  v.transform(({ claims }) =>
    claims.map(({ values: { sub, iss, caps, rev, version } }) => ({
      subject: sub,
      issuer: iss,
      capabilities: caps.split(",").filter((capability) => capability !== ""),
      revision: Number(rev),
      ...(version === "" ? {} : { version }),
    })),
  ),
);

/** `LinkDefinitionList`. */
export const linkList: v.GenericSchema<unknown, readonly LinkDefinition[]> = v.pipe(
  v.object({
    links: list(
      v.object({ actor_id: text, provider_id: text, link_name: text, contract_id: text, values: textMap }),
    ),
  }),
  v.transform(({ links }) =>
    links.map(({ actor_id, provider_id, link_name, contract_id, values }) => ({
      actorId: actor_id,
      providerId: provider_id,
      linkName: link_name,
      contractId: contract_id,
      values,
    })),
  ),
);

/** `ActorAuctionAck`. */
export const actorBids: v.GenericSchema<unknown, ActorBid> = v.pipe(
  v.object({ actor_ref: text, constraints: textMap, host_id: text }),
  v.transform(({ actor_ref, constraints, host_id }) => ({
    hostId: host_id,
    reference: actor_ref,
    constraints,
  })),
);

/** `ProviderAuctionAck`. */
export const providerBids: v.GenericSchema<unknown, ProviderBid> = v.pipe(
  v.object({ provider_ref: text, link_name: text, host_id: text }),
  v.transform(({ provider_ref, link_name, host_id }) => ({
    hostId: host_id,
    reference: provider_ref,
    linkName: link_name,
  })),
);

const failure = v.pipe(
  v.nullish(longText),
  v.transform((told) => told ?? undefined),
);

/** `StopActorAck` and `StopProviderAck`: why the command is refused; undefined if it is not. */
export const stopped: v.GenericSchema<unknown, string | undefined> = v.pipe(
  v.object({ failure: v.optional(failure) }),
  v.transform((ack) => ack.failure),
);

/** `StartActorAck`, in the same way. */
export const actorStarting: v.GenericSchema<unknown, string | undefined> = v.pipe(
  v.object({ host_id: text, actor_ref: text, failure: v.optional(failure) }),
  v.transform((ack) => ack.failure),
);

/** `StartProviderAck`, in the same way. */
export const providerStarting: v.GenericSchema<unknown, string | undefined> = v.pipe(
  v.object({ host_id: text, provider_ref: text, failure: v.optional(failure) }),
  v.transform((ack) => ack.failure),
);

/** `UpdateActorAck`, in the same way, though it has no text of its own. */
export const updating: v.GenericSchema<unknown, string | undefined> = v.pipe(
  v.object({ accepted: v.boolean() }),
  v.transform(({ accepted }) => (accepted ? undefined : NOT_ACCEPTED)),
);

const NOT_ACCEPTED =
  "The host does not accept the update: the actor does not run there, or is being updated already";

interface Described {
  readonly id: string;
  readonly image_ref?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly revision: number;
}

function fromWire({ id, image_ref, name, revision }: Described): ListedActor {
  return {
    id,
    ...(typeof image_ref === "string" ? { reference: image_ref } : {}),
    ...(typeof name === "string" ? { name } : {}),
    revision,
  };
}
