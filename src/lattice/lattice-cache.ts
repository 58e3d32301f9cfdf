import type { ActorClaims } from "../claims/index.ts";
import { isPublicKey } from "../keys/index.ts";
import type { LinkDefinition } from "./link-definition.ts";

/** How claims became known: by verifying a module here, or from an unsigned announcement. */
export type ClaimsSource = "verified" | "announced";

/**
 * What a host knows about its lattice: claims, links, call aliases and image references, decoded and indexed, so that
 * a look-up costs the same however many there are. Claims, references and aliases only grow. Protocol section 10.3.
 */
export class LatticeCache {
  readonly #maxEntries: number;
  readonly #claims = new Map<string, { readonly claims: ActorClaims; readonly source: ClaimsSource }>();
  readonly #links = new Map<string, LinkDefinition>();
  readonly #linksOfActor = new Map<string, Set<string>>();
  readonly #aliases = new Map<string, string>();
  readonly #references = new Map<string, string>();

  /** @param maxEntries - entries of each kind; more are not taken. Default 1,000,000. */
  constructor(maxEntries = 1_000_000) {
    this.#maxEntries = maxEntries;
  }

  /**
   * Takes claims. Announced ones never replace verified ones, and a lower revision never replaces a higher one from
   * the same source.
   *
   * @returns whether they were taken.
   */
  putClaims(claims: ActorClaims, source: ClaimsSource): boolean {
    const known = this.#claims.get(claims.subject);
    if (known === undefined && this.#claims.size >= this.#maxEntries) return false;
    if (known?.source === "verified" && source === "announced") return false;
    if (known?.source === source && claims.revision < known.claims.revision) return false;
    this.#claims.set(claims.subject, { claims, source });
    return true;
  }

  /**
   * Takes verified claims of an actor that is being started: its start functions may call out already.
   *
   * @returns puts back what was known before, for a start that fails.
   */
  lendClaims(claims: ActorClaims): () => void {
    const { subject } = claims;
    const known = this.#claims.get(subject);
    this.#claims.set(subject, { claims, source: "verified" });
    return () => {
      if (known === undefined) this.#claims.delete(subject);
      else this.#claims.set(subject, known);
    };
  }

  /** Marks an actor's claims as known from announcements only, as they are once it no longer runs here. */
  releaseClaims(actor: string): void {
    const known = this.#claims.get(actor);
    if (known !== undefined) this.#claims.set(actor, { claims: known.claims, source: "announced" });
  }

  claims(actor: string): ActorClaims | undefined {
    return this.#claims.get(actor)?.claims;
  }

  allClaims(): ActorClaims[] {
    return [...this.#claims.values()].map((entry) => entry.claims);
  }

  /**
   * Claims an alias for an actor: first come, first served, for the life of the cache. An alias that could shadow a
   * contract or an actor key is refused. Protocol sections 5.1 and 10.3.
   *
   * @returns whether the alias is the actor's now.
   */
  claimAlias(alias: string, actor: string): boolean {
    const owner = this.#aliases.get(alias);
    if (owner !== undefined) return owner === actor;
    if (alias === "" || alias.includes(":") || isPublicKey(alias)) return false;
    if (this.#aliases.size >= this.#maxEntries) return false;
    this.#aliases.set(alias, actor);
    return true;
  }

  /** The actor that an alias stands for; exact match, without normalisation. */
  aliasOwner(alias: string): string | undefined {
    return this.#aliases.get(alias);
  }

  /** Takes or replaces the link of (actor, contract, link name). @returns whether it was taken. */
  putLink(link: LinkDefinition): boolean {
    const id = linkId(link.actorId, link.contractId, link.linkName);
    if (!this.#links.has(id) && this.#links.size >= this.#maxEntries) return false;
    this.#links.set(id, link);
    const ofActor = this.#linksOfActor.get(link.actorId);
    if (ofActor === undefined) this.#linksOfActor.set(link.actorId, new Set([id]));
    else ofActor.add(id);
    return true;
  }

  /** Forgets a link and answers it; undefined if it was not known. */
  removeLink(actorId: string, contractId: string, linkName: string): LinkDefinition | undefined {
    const id = linkId(actorId, contractId, linkName);
    const link = this.#links.get(id);
    if (link === undefined) return undefined;
    this.#links.delete(id);
    const ofActor = this.#linksOfActor.get(actorId);
    ofActor?.delete(id);
    if (ofActor?.size === 0) this.#linksOfActor.delete(actorId);
    return link;
  }

  link(actorId: string, contractId: string, linkName: string): LinkDefinition | undefined {
    return this.#links.get(linkId(actorId, contractId, linkName));
  }

  linksOfActor(actorId: string): LinkDefinition[] {
    return [...(this.#linksOfActor.get(actorId) ?? [])].flatMap((id) => this.#links.get(id) ?? []);
  }

  /** Links that name a provider under a link name. */
  linksOfProvider(providerId: string, linkName: string): LinkDefinition[] {
    return [...this.#links.values()].filter(
      (link) => link.providerId === providerId && link.linkName === linkName,
    );
  }

  allLinks(): LinkDefinition[] {
    return [...this.#links.values()];
  }

  /** Remembers which key an image reference or address led to. */
  putReference(reference: string, key: string): void {
    if (this.#references.has(reference) || this.#references.size < this.#maxEntries) {
      this.#references.set(reference, key);
    }
  }

  /** The key a reference stands for, or the reference itself, which then counts as a key. Protocol section 8.3. */
  resolveReference(reference: string): string {
    return this.#references.get(reference) ?? reference;
  }
}

function linkId(actorId: string, contractId: string, linkName: string): string {
  return `${actorId}\n${contractId}\n${linkName}`;
}
