import type { FaultLog } from "../../telemetry/index.ts";
import type { CacheEvent } from "../cache-event.ts";
import { readAliasOwner, readClaims, readLink, readReferenceKey } from "../cache-values.ts";
import type { LatticeCache } from "../lattice-cache.ts";
import type { LinkDefinition } from "../link-definition.ts";
import { Turns } from "../turns.ts";
import { undecodable } from "../wire/undecodable.ts";
import { type KeyMeaning, meaningOf } from "./cache-keys.ts";
import type { KeyValueState } from "./key-value-state.ts";

/** What is taken over from the state of a key; claims are taken from the events. */
type StateMeaning = Exclude<KeyMeaning, { readonly kind: "claims" }>;

/** What a {@link CacheMirror} is made of. */
export interface CacheMirrorOptions {
  readonly state: KeyValueState;
  readonly cache: LatticeCache;
  readonly faults: FaultLog;
}

/** Takes the events of other caches into the key-value state, and what they mean into the lattice cache. */
export class CacheMirror {
  readonly #state: KeyValueState;
  readonly #cache: LatticeCache;
  readonly #faults: FaultLog;
  /** Keys whose meaning is to be taken over later, with the text of a link that was deleted meanwhile. */
  readonly #deferred = new Map<string, string | undefined>();
  /** Links that this run set are kept, whatever earlier removals say, until the others know of them. */
  #keepsLocalLinks = true;

  constructor({ state, cache, faults }: CacheMirrorOptions) {
    this.#state = state;
    this.#cache = cache;
    this.#faults = faults;
  }

  /** From now on a removal removes links of this run, too. */
  joined(): void {
    this.#keepsLocalLinks = false;
  }

  /** Takes an event that just happened. @param isOutdated - whether something later is known of its key. */
  take(event: CacheEvent, isOutdated: boolean): void {
    const meaning = meaningOf(event.key);
    if (meaning?.kind === "claims") this.#takeClaims(event, meaning.actor);
    if (isOutdated) return;
    const before = this.#state.scalar(event.key);
    this.apply(event);
    if (meaning !== undefined && meaning.kind !== "claims") this.#takeOver(event.key, meaning, before);
  }

  /** As {@link take}, but what it means is taken over when all is known. */
  takeReplayed(event: CacheEvent, isOutdated: boolean): void {
    const meaning = meaningOf(event.key);
    // Which claims count depends on all that there were, not on the last.
    if (meaning?.kind === "claims") this.#takeClaims(event, meaning.actor);
    if (isOutdated) return;
    const before = this.#state.scalar(event.key) ?? this.#deferred.get(event.key);
    this.apply(event);
    if (meaning !== undefined && meaning.kind !== "claims") this.#deferred.set(event.key, before);
  }

  /** Takes over what was deferred, a little at a time. */
  async settle(signal: AbortSignal): Promise<void> {
    const turns = new Turns(signal);
    for (const [key, before] of this.#deferred) {
      this.#deferred.delete(key);
      const meaning = meaningOf(key);
      if (meaning !== undefined && meaning.kind !== "claims") this.#takeOver(key, meaning, before);
      await turns.pause();
    }
  }

  /** Changes the key-value state only. */
  apply(event: CacheEvent): void {
    if (this.#state.apply(event)) return;
    this.#faults.report("cache_full", undecodable("there is no room for more cached keys"));
  }

  #takeClaims(event: CacheEvent, actor: string): void {
    if (event.kind !== "ScalarSet") return;
    this.#understand(() => this.#cache.putClaims(readClaims(actor, event.value), "announced", "replicated"));
  }

  #takeOver(key: string, meaning: StateMeaning, before: string | undefined): void {
    const value = this.#state.scalar(key);
    this.#understand(() => {
      if (value !== undefined) this.#put(meaning, value);
      // Everything else only grows.
      else if (meaning.kind === "link" && before !== undefined) this.#remove(readLink(meaning.hash, before));
    });
  }

  #put(meaning: StateMeaning, value: string): void {
    const cache = this.#cache;
    if (meaning.kind === "link") cache.putLink(readLink(meaning.hash, value), "replicated");
    else if (meaning.kind === "alias") {
      cache.claimAlias(meaning.alias, readAliasOwner(value), "replicated");
    } else {
      const { reference } = meaning;
      cache.putReference(reference, readReferenceKey(reference, value), "replicated");
    }
  }

  #remove({ actorId, contractId, linkName }: LinkDefinition): void {
    const cause = this.#cache.causeOfLink(actorId, contractId, linkName);
    if (this.#keepsLocalLinks && cause === "local") return;
    this.#cache.removeLink(actorId, contractId, linkName, "replicated");
  }

  #understand(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#faults.report("cache_garbage", error);
    }
  }
}
