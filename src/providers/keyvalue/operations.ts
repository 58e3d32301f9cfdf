import { HostError } from "../../errors/index.ts";
import type { Entry, Value } from "./entry.ts";

/** What an operation makes of a key. */
export interface Change<Reply> {
  readonly reply: Reply;
  /** The new entry; undefined: none; absent: as it was. */
  readonly entry?: Entry | undefined;
}

/** What an operation does to the entry of a key. */
export type Operation<Reply> = (entry: Entry | undefined) => Change<Reply>;

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** The operations that make something new of what a key holds, as the first-party redis provider has them. Contracts document 7.6. */
export const operations: {
  add(amount: number): Operation<{ value: number }>;
  push(item: string, maxItems: number): Operation<{ newCount: number }>;
  removeItems(item: string): Operation<{ newCount: number }>;
  addMember(item: string, maxItems: number): Operation<{ new_count: number }>;
  removeMember(item: string): Operation<{ new_count: number }>;
} = {
  add: (amount) => (entry) => {
    const sum = counterOf(entry) + amount;
    if (sum < INT32_MIN || sum > INT32_MAX) throw refused("increment would overflow");
    return { reply: { value: sum }, entry: { ...entry, value: { kind: "text", text: String(sum) } } };
  },
  push: (item, maxItems) => (entry) => {
    const items = [item, ...itemsOf(entry, "list")];
    checkRoom(items, maxItems);
    return { reply: { newCount: items.length }, entry: { ...entry, value: { kind: "list", items } } };
  },
  removeItems: (item) => (entry) => {
    const { items, removed } = without(entry, "list", item);
    return { reply: { newCount: removed }, ...items };
  },
  addMember: (item, maxItems) => (entry) => {
    const members = itemsOf(entry, "set");
    if (members.includes(item)) return { reply: { new_count: 0 } };
    const items = [...members, item];
    checkRoom(items, maxItems);
    return { reply: { new_count: 1 }, entry: { ...entry, value: { kind: "set", items } } };
  },
  removeMember: (item) => (entry) => {
    const { items, removed } = without(entry, "set", item);
    return { reply: { new_count: removed }, ...items };
  },
};

/** The items of a list or set; none where there is nothing. @throws HostError for another kind of value. */
export function itemsOf(entry: Entry | undefined, kind: "list" | "set"): readonly string[] {
  if (entry === undefined) return [];
  if (entry.value.kind === kind) return entry.value.items;
  throw wrongKind();
}

/** Both ends are included, and count from the end if they are negative. */
export function rangeOf(items: readonly string[], start: number, stop: number): string[] {
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  const to = stop < 0 ? items.length + stop : stop;
  return items.slice(from, Math.max(from, to + 1));
}

function counterOf(entry: Entry | undefined): number {
  const value: Value = entry?.value ?? { kind: "text", text: "0" };
  if (value.kind !== "text") throw wrongKind();
  if (!/^-?\d{1,10}$/.test(value.text)) throw refused("ERR value is not an integer or out of range");
  return Number(value.text);
}

/** The entry without all items equal to one; nothing changes where there is none. */
function without(
  entry: Entry | undefined,
  kind: "list" | "set",
  item: string,
): { readonly removed: number; readonly items: { entry?: Entry | undefined } } {
  const items = itemsOf(entry, kind);
  const kept = items.filter((other) => other !== item);
  const removed = items.length - kept.length;
  if (removed === 0) return { removed, items: {} };
  return {
    removed,
    items: { entry: kept.length === 0 ? undefined : { ...entry, value: { kind, items: kept } } },
  };
}

function checkRoom(items: readonly string[], maxItems: number): void {
  if (items.length > maxItems) throw refused(`A list or set of this store holds at most ${maxItems} items`);
}

function wrongKind(): HostError {
  return refused("WRONGTYPE Operation against a key holding the wrong kind of value");
}

function refused(message: string): HostError {
  return new HostError("provider.failure", message);
}
