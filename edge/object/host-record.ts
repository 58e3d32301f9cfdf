import * as v from "valibot";
import { messageOf } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import type { Store } from "../../src/storage/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";

/** How an actor came to run. */
export interface ActorOrigin {
  readonly reference?: string | undefined;
  /** The reference it was started by, where updates have put another in its place. */
  readonly asked?: string | undefined;
}

/** What runs for an actor, where the configuration says something else, or nothing. */
export interface StartedModule {
  readonly hash: string;
  readonly revision: number;
  /** What the configuration said at that time; absent: nothing. See {@link moduleId}. */
  readonly over?: string | undefined;
}

/** What became of an actor, different from what the configuration says. */
export type ActorRecord =
  | ({ readonly kind: "stopped" } & ActorOrigin)
  | ({ readonly kind: "started" } & StartedModule & ActorOrigin);

/** What became of a provider, different from what the configuration says. */
export type ProviderRecord =
  | { readonly kind: "stopped" }
  | { readonly kind: "started"; readonly reference: string; readonly linkName: string };

/** What became of a link, different from what the configuration says. */
export type LinkRecord =
  | { readonly kind: "removed" }
  | { readonly kind: "set"; readonly link: LinkDefinition };

const origin = { reference: v.optional(v.string()), asked: v.optional(v.string()) };
const actorSchema: v.GenericSchema<unknown, ActorRecord> = v.union([
  v.object({ kind: v.literal("stopped"), ...origin }),
  v.object({
    kind: v.literal("started"),
    hash: v.string(),
    revision: v.number(),
    over: v.optional(v.string()),
    ...origin,
  }),
]);
const providerSchema: v.GenericSchema<unknown, ProviderRecord> = v.union([
  v.object({ kind: v.literal("stopped") }),
  v.object({ kind: v.literal("started"), reference: v.string(), linkName: v.string() }),
]);
const linkSchema: v.GenericSchema<unknown, LinkRecord> = v.union([
  v.object({ kind: v.literal("removed") }),
  v.object({
    kind: v.literal("set"),
    link: v.object({
      actorId: v.string(),
      providerId: v.string(),
      linkName: v.string(),
      contractId: v.string(),
      values: v.record(v.string(), v.string()),
    }),
  }),
]);

const ACTOR = "actor/";
const LINK = "link/";
const PROVIDER = "provider/";
/** Links, and providers, that are kept at most: peers can announce as many as they like. */
const MAX_RECORDS = 1_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Remembers what was started, updated, stopped, linked and unlinked at run time, so that it is so again after an eviction. */
export class HostRecord {
  readonly #store: Store;
  readonly #logger: Logger;

  constructor(store: Store, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  async actors(): Promise<Map<string, ActorRecord>> {
    return this.#read(ACTOR, actorSchema);
  }

  /** By key and link name: see {@link providerId}. */
  async providers(): Promise<Map<string, ProviderRecord>> {
    return this.#read(PROVIDER, providerSchema);
  }

  /** By actor, contract and link name: see {@link linkId}. */
  async links(): Promise<Map<string, LinkRecord>> {
    return this.#read(LINK, linkSchema);
  }

  /**
   * Writes down what happens on a host from now on.
   *
   * @param origins - of the actors that run already.
   * @param startedOf - what runs for an actor; undefined where the configuration says the same.
   */
  follow(
    host: Host,
    origins: Map<string, ActorOrigin>,
    startedOf: (actor: string) => StartedModule | undefined,
  ): void {
    const started = (actor: string, from: ActorOrigin): void => {
      origins.set(actor, from);
      const module = startedOf(actor);
      this.#write(ACTOR + actor, module === undefined ? undefined : { kind: "started", ...module, ...from });
    };
    host.onEvent((event) => {
      switch (event.type) {
        case "actor_started":
          started(event.actor, { reference: event.reference });
          break;
        case "actor_update_completed": {
          const before = origins.get(event.actor);
          started(event.actor, { reference: event.reference, asked: before?.asked ?? before?.reference });
          break;
        }
        case "actor_stopped":
          this.#write(ACTOR + event.actor, { kind: "stopped", ...origins.get(event.actor) });
          break;
        case "provider_started": {
          const { provider, linkName, reference } = event;
          if (reference === undefined) break;
          void this.#writeBounded(PROVIDER, providerId(provider, linkName), {
            kind: "started",
            reference,
            linkName,
          });
          break;
        }
        case "provider_stopped":
          void this.#writeBounded(PROVIDER, providerId(event.provider, event.linkName), { kind: "stopped" });
          break;
        case "link_set":
          void this.#writeBounded(LINK, linkId(event.link), {
            kind: "set",
            link: { ...event.link, values: { ...event.link.values } },
          });
          break;
        case "link_removed":
          void this.#writeBounded(LINK, linkId(event.link), { kind: "removed" });
          break;
      }
    });
  }

  async #writeBounded(prefix: string, id: string, record: ProviderRecord | LinkRecord): Promise<void> {
    const key = prefix + id;
    const known = await this.#store.list(prefix);
    if (known.length < MAX_RECORDS || known.includes(key)) this.#write(key, record);
  }

  #write(key: string, record: ActorRecord | ProviderRecord | LinkRecord | undefined): void {
    const work =
      record === undefined
        ? this.#store.delete(key)
        : this.#store.set(key, encoder.encode(JSON.stringify(record)));
    work.catch((error: unknown) =>
      this.#logger.error(`What happened could not be written down: ${messageOf(error)}`),
    );
  }

  async #read<T>(prefix: string, schema: v.GenericSchema<unknown, T>): Promise<Map<string, T>> {
    const records = new Map<string, T>();
    for (const key of await this.#store.list(prefix)) {
      const bytes = await this.#store.get(key);
      const parsed = v.safeParse(schema, JSON.parse(decoder.decode(bytes ?? encoder.encode("null"))));
      // What another version wrote down is not understood, and the configuration counts.
      if (parsed.success) records.set(key.slice(prefix.length), parsed.output);
    }
    return records;
  }
}

/** One text for a module: code may be the same in several revisions. */
export function moduleId({ hash, revision }: Pick<StartedModule, "hash" | "revision">): string {
  return `${hash} ${revision}`;
}

/**
 * Whether what was started at run time counts, and not what the configuration says now: the configuration has not changed
 * since, or has a lower revision.
 */
export function outlives(known: StartedModule, own: Pick<StartedModule, "hash" | "revision">): boolean {
  return known.over === moduleId(own) || known.revision > own.revision;
}

/** One text for a provider under a link name, of what stores take in keys. */
export function providerId(provider: string, linkName: string): string {
  return `${provider} ${encodeURIComponent(linkName).slice(0, 150)}`;
}

/** One text for actor, contract and link name, of what stores take in keys. */
export function linkId({
  actorId,
  contractId,
  linkName,
}: Omit<LinkDefinition, "providerId" | "values">): string {
  return [actorId, contractId, linkName].map((part) => encodeURIComponent(part).slice(0, 150)).join(" ");
}
