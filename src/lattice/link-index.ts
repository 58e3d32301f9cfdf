import type { ChangeCause } from "./cache-change.ts";
import type { LinkDefinition } from "./link-definition.ts";

interface Entry {
  readonly link: LinkDefinition;
  readonly cause: ChangeCause;
}

/** Ids by a key; most keys have one, which then needs no set. */
type IdIndex = Map<string, string | Set<string>>;

/** Links by what names them, by actor and by provider. */
export class LinkIndex {
  readonly #links = new Map<string, Entry>();
  readonly #ofActor: IdIndex = new Map();
  readonly #ofProvider: IdIndex = new Map();

  get size(): number {
    return this.#links.size;
  }

  get(actorId: string, contractId: string, linkName: string): Entry | undefined {
    return this.#links.get(linkId(actorId, contractId, linkName));
  }

  /** @returns the link that was there before. */
  put(link: LinkDefinition, cause: ChangeCause): LinkDefinition | undefined {
    const id = linkId(link.actorId, link.contractId, link.linkName);
    const before = this.#links.get(id)?.link;
    this.#links.set(id, { link, cause });
    if (before === undefined) add(this.#ofActor, link.actorId, id);
    if (before?.providerId === link.providerId) return before;
    if (before !== undefined) drop(this.#ofProvider, providerKey(before), id);
    add(this.#ofProvider, providerKey(link), id);
    return before;
  }

  /** @returns the link that was there. */
  remove(actorId: string, contractId: string, linkName: string): LinkDefinition | undefined {
    const id = linkId(actorId, contractId, linkName);
    const link = this.#links.get(id)?.link;
    if (link === undefined) return undefined;
    this.#links.delete(id);
    drop(this.#ofActor, actorId, id);
    drop(this.#ofProvider, providerKey(link), id);
    return link;
  }

  ofActor(actorId: string): LinkDefinition[] {
    return this.#all(this.#ofActor.get(actorId));
  }

  ofProvider(providerId: string, linkName: string): LinkDefinition[] {
    return this.#all(this.#ofProvider.get(providerKey({ providerId, linkName })));
  }

  *values(): IterableIterator<LinkDefinition> {
    for (const { link } of this.#links.values()) yield link;
  }

  #all(ids: string | ReadonlySet<string> = new Set()): LinkDefinition[] {
    return (typeof ids === "string" ? [ids] : [...ids]).flatMap((id) => this.#links.get(id)?.link ?? []);
  }
}

/** Whether two links of the same name say the same. */
export function sameLink(a: LinkDefinition, b: LinkDefinition): boolean {
  if (a === b) return true;
  const names = Object.keys(a.values);
  return (
    a.providerId === b.providerId &&
    names.length === Object.keys(b.values).length &&
    names.every((name) => Object.hasOwn(b.values, name) && a.values[name] === b.values[name])
  );
}

function linkId(actorId: string, contractId: string, linkName: string): string {
  return `${actorId}\n${contractId}\n${linkName}`;
}

function providerKey({ providerId, linkName }: Pick<LinkDefinition, "providerId" | "linkName">): string {
  return `${providerId}\n${linkName}`;
}

function add(index: IdIndex, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, id);
  else if (typeof ids !== "string") ids.add(id);
  else if (ids !== id) index.set(key, new Set([ids, id]));
}

function drop(index: IdIndex, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === id) index.delete(key);
  if (ids === undefined || typeof ids === "string") return;
  ids.delete(id);
  if (ids.size === 0) index.delete(key);
}
