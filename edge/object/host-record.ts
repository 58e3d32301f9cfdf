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

/** What the configuration asks for: only of that must be known that it was stopped or removed. */
export interface Configured {
  readonly isActor: (actor: string, origin: ActorOrigin) => boolean;
  /** See {@link providerId}. */
  readonly providers: ReadonlySet<string>;
  /** See {@link linkId}. */
  readonly links: ReadonlySet<string>;
}

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
/** Records of a kind that are kept at most: peers can announce as many links as they like. */
const MAX_RECORDS = 1_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Remembers what was started, updated, stopped, linked and unlinked at run time, so that it is so again after an eviction. */
export class HostRecord {
  readonly #store: Store;
  readonly #logger: Logger;
  /** Keys of the records that there are, by kind. */
  readonly #known = new Map<string, Set<string>>();

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
    configured: Configured,
    origins: Map<string, ActorOrigin>,
    startedOf: (actor: string) => StartedModule | undefined,
  ): void {
    const started = (actor: string, from: ActorOrigin): void => {
      origins.set(actor, from);
      const module = startedOf(actor);
      this.#write(ACTOR, actor, module === undefined ? undefined : { kind: "started", ...module, ...from });
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
        case "actor_stopped": {
          const { actor } = event;
          // One that was ending its last call may have been started again meanwhile.
          if (host.runningActors().some(({ key }) => key === actor)) break;
          const from = origins.get(actor) ?? {};
          origins.delete(actor);
          this.#write(
            ACTOR,
            actor,
            configured.isActor(actor, from) ? { kind: "stopped", ...from } : undefined,
          );
          break;
        }
        case "provider_started": {
          const { provider, linkName, reference } = event;
          if (reference === undefined) break;
          this.#write(PROVIDER, providerId(provider, linkName), { kind: "started", reference, linkName });
          break;
        }
        case "provider_stopped": {
          const id = providerId(event.provider, event.linkName);
          this.#write(PROVIDER, id, configured.providers.has(id) ? { kind: "stopped" } : undefined);
          break;
        }
        case "link_set": {
          const link = { ...event.link, values: { ...event.link.values } };
          this.#write(LINK, linkId(link), { kind: "set", link });
          break;
        }
        case "link_removed": {
          const id = linkId(event.link);
          this.#write(LINK, id, configured.links.has(id) ? { kind: "removed" } : undefined);
          break;
        }
      }
    });
  }

  /** @param record - undefined: the configuration says it all. */
  #write(kind: string, id: string, record: ActorRecord | ProviderRecord | LinkRecord | undefined): void {
    const key = kind + id;
    const known = this.#known.get(kind) ?? new Set();
    this.#known.set(kind, known);
    const failed = (error: unknown): void =>
      this.#logger.error(`What happened could not be written down: ${messageOf(error)}`);
    if (record === undefined) {
      known.delete(key);
      this.#store.delete(key).catch(failed);
    } else if (known.size < MAX_RECORDS || known.has(key)) {
      known.add(key);
      this.#store.set(key, encoder.encode(JSON.stringify(record))).catch(failed);
    } else failed(`there are ${MAX_RECORDS} records of this kind already`);
  }

  async #read<T>(prefix: string, schema: v.GenericSchema<unknown, T>): Promise<Map<string, T>> {
    const records = new Map<string, T>();
    const keys = await this.#store.list(prefix);
    this.#known.set(prefix, new Set(keys));
    for (const key of keys) {
      const bytes = await this.#store.get(key);
      const parsed = v.safeParse(schema, bytes === undefined ? undefined : readJson(decoder.decode(bytes)));
      // What another version wrote down is not understood, and the configuration counts.
      if (parsed.success) records.set(key.slice(prefix.length), parsed.output);
    }
    return records;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
