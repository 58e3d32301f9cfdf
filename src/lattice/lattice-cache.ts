import { type ActorClaims, SYSTEM_ACTOR } from "../claims/index.ts";
import { isPublicKey } from "../keys/index.ts";
import type { CacheChange, CacheListener, ChangeCause } from "./cache-change.ts";
import { compareClaims, sameClaims } from "./claims-order.ts";
import type { LinkDefinition } from "./link-definition.ts";
import { LinkIndex, sameLink } from "./link-index.ts";

/** How claims became known: by verifying a module here, or from an unsigned announcement. */
export type ClaimsSource = "verified" | "announced";

interface KnownClaims {
  readonly claims: ActorClaims;
  readonly source: ClaimsSource;
  /** The best announced ones beside verified ones: they count once the actor no longer runs here. */
  readonly heldBack?: ActorClaims;
}

/** What first-party hosts take for a public key, whatever its checksum is. Protocol section 5.1. */
const KEY_SHAPE = /^[A-Z][A-Z2-7]{55}$/;

/**
 * What a host knows about its lattice: claims, links, call aliases and image references, decoded and indexed, so that
 * a look-up costs the same however many there are. Claims, references and aliases only grow. Protocol section 10.3.
 *
 * Every method that changes something takes the cause of the change, by default `local`; listeners are told of real
 * changes only. What was kept from an earlier run (`restored`) never replaces anything.
 */
export class LatticeCache {
  readonly #maxEntries: number;
  readonly #claims = new Map<string, KnownClaims>();
  /** Claims of actors that are being started. */
  readonly #lent = new Map<string, ActorClaims>();
  readonly #links = new LinkIndex();
  readonly #aliases = new Map<string, string>();
  readonly #references = new Map<string, string>();
  readonly #listeners = new Set<CacheListener>();

  /** @param maxEntries - entries of each kind; more are not taken. Default 1,000,000. */
  constructor(maxEntries = 1_000_000) {
    this.#maxEntries = maxEntries;
  }

  /**
   * Tells what changes from now on, after each change and before the method that made it returns.
   *
   * @returns ends the telling.
   */
  onChange(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All that is known, each thing as the change by which a listener would have learned it. May change meanwhile. */
  *contents(): IterableIterator<CacheChange> {
    for (const { claims } of this.#claims.values()) yield { kind: "claims", claims };
    for (const link of this.#links.values()) yield { kind: "link", link };
    for (const [alias, actor] of this.#aliases) yield { kind: "alias", alias, actor };
    for (const [reference, key] of this.#references) yield { kind: "reference", reference, key };
  }

  /**
   * Takes claims. Announced ones never replace verified ones, verified ones always replace announced ones, and a lower
   * revision never replaces a higher one from the same source. Of announced ones with the same revision the later
   * signed count. Claims for the system actor are never taken. Protocol section 13.1 S5.
   *
   * @returns whether they were taken.
   */
  putClaims(claims: ActorClaims, source: ClaimsSource, cause: ChangeCause = "local"): boolean {
    const { subject } = claims;
    if (subject === SYSTEM_ACTOR) return false;
    const known = this.#claims.get(subject);
    const isRefused =
      known === undefined
        ? this.#claims.size >= this.#maxEntries
        : cause === "restored" || !replaces(known, claims, source);
    if (isRefused) {
      if (known?.source === "verified") this.#claims.set(subject, holdBack(known, claims));
      return false;
    }
    const put = { claims, source };
    this.#claims.set(subject, source === "verified" ? holdBack(put, known?.heldBack ?? known?.claims) : put);
    if (source === "verified") this.#lent.delete(subject);
    if (known === undefined || !sameClaims(known.claims, claims)) {
      this.#tell({ kind: "claims", claims }, cause);
    }
    return true;
  }

  /**
   * Takes verified claims of an actor that is being started: its start functions may call out already. Nobody is told.
   *
   * @returns puts back what was known before, for a start that fails.
   */
  lendClaims(claims: ActorClaims): () => void {
    const { subject } = claims;
    this.#lent.set(subject, claims);
    return () => {
      if (this.#lent.get(subject) === claims) this.#lent.delete(subject);
    };
  }

  /** Marks an actor's claims as known from announcements only, as they are once it no longer runs here. */
  releaseClaims(actor: string): void {
    this.#lent.delete(actor);
    const known = this.#claims.get(actor);
    if (known === undefined) return;
    const { heldBack = known.claims } = known;
    const claims = compareClaims(heldBack, known.claims) > 0 ? heldBack : known.claims;
    this.#claims.set(actor, { claims, source: "announced" });
    // The others know them already.
    if (!sameClaims(claims, known.claims)) this.#tell({ kind: "claims", claims }, "replicated");
  }

  claims(actor: string): ActorClaims | undefined {
    return this.#lent.get(actor) ?? this.#claims.get(actor)?.claims;
  }

  allClaims(): ActorClaims[] {
    return [...this.#claims.values()].map((entry) => entry.claims);
  }

  /**
   * Claims an alias for an actor: first come, first served, for the life of the cache. Among caches of a lattice the
   * later event counts, so a `replicated` claim takes an alias over. An alias that could shadow a contract or an actor
   * key is refused. Protocol sections 5.1 and 10.3.
   *
   * @returns whether the alias is the actor's now.
   */
  claimAlias(alias: string, actor: string, cause: ChangeCause = "local"): boolean {
    const owner = this.#aliases.get(alias);
    if (owner === actor) return true;
    if (owner !== undefined && cause !== "replicated") return false;
    if (owner === undefined && (!isFollowed(alias) || this.#aliases.size >= this.#maxEntries)) return false;
    this.#aliases.set(alias, actor);
    this.#tell({ kind: "alias", alias, actor }, cause);
    return true;
  }

  /** The actor that an alias stands for; exact match, without normalisation. */
  aliasOwner(alias: string): string | undefined {
    return this.#aliases.get(alias);
  }

  /** Takes or replaces the link of (actor, contract, link name). @returns whether it was taken. */
  putLink(link: LinkDefinition, cause: ChangeCause = "local"): boolean {
    const known = this.#links.get(link.actorId, link.contractId, link.linkName);
    if (known === undefined ? this.#links.size >= this.#maxEntries : cause === "restored") return false;
    this.#links.put(link, cause);
    if (known === undefined || !sameLink(known.link, link)) this.#tell({ kind: "link", link }, cause);
    return true;
  }

  /** Forgets a link and answers it; undefined if it was not known. */
  removeLink(
    actorId: string,
    contractId: string,
    linkName: string,
    cause: ChangeCause = "local",
  ): LinkDefinition | undefined {
    const link = this.#links.remove(actorId, contractId, linkName);
    if (link !== undefined) this.#tell({ kind: "link_removed", link }, cause);
    return link;
  }

  link(actorId: string, contractId: string, linkName: string): LinkDefinition | undefined {
    return this.#links.get(actorId, contractId, linkName)?.link;
  }

  /** Why a link is as it is; undefined if it is not known. */
  causeOfLink(actorId: string, contractId: string, linkName: string): ChangeCause | undefined {
    return this.#links.get(actorId, contractId, linkName)?.cause;
  }

  linksOfActor(actorId: string): LinkDefinition[] {
    return this.#links.ofActor(actorId);
  }

  /** Links that name a provider under a link name. */
  linksOfProvider(providerId: string, linkName: string): LinkDefinition[] {
    return this.#links.ofProvider(providerId, linkName);
  }

  allLinks(): LinkDefinition[] {
    return [...this.#links.values()];
  }

  /** Remembers which key an image reference or address led to. @returns whether it was taken. */
  putReference(reference: string, key: string, cause: ChangeCause = "local"): boolean {
    const known = this.#references.get(reference);
    if (known === key) return true;
    if (known === undefined ? this.#references.size >= this.#maxEntries : cause === "restored") return false;
    this.#references.set(reference, key);
    this.#tell({ kind: "reference", reference, key }, cause);
    return true;
  }

  /** The key a reference stands for, or the reference itself, which then counts as a key. Protocol section 8.3. */
  resolveReference(reference: string): string {
    return this.#references.get(reference) ?? reference;
  }

  #tell(change: CacheChange, cause: ChangeCause): void {
    for (const listener of this.#listeners) listener(change, cause);
  }
}

/** The better of what was held back before and the claims, beside the known ones. */
function holdBack(known: KnownClaims, claims: ActorClaims | undefined): KnownClaims {
  if (claims === undefined || sameClaims(claims, known.claims)) return known;
  if (known.heldBack !== undefined && compareClaims(claims, known.heldBack) <= 0) return known;
  return { ...known, heldBack: claims };
}

function replaces(known: KnownClaims, claims: ActorClaims, source: ClaimsSource): boolean {
  if (known.source !== source) return source === "verified";
  if (source === "verified") return claims.revision >= known.claims.revision;
  return compareClaims(claims, known.claims) >= 0;
}

/** Whether an alias could not be taken for a contract id or a public key. Protocol section 13.1 S6. */
function isFollowed(alias: string): boolean {
  return alias !== "" && !alias.includes(":") && !KEY_SHAPE.test(alias) && !isPublicKey(alias);
}
