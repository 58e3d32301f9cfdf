import type { BrokerMessage } from "./broker-parser.ts";

/** A subscription: its pattern split at the dots, and after how many messages it ends (0: never). */
export interface Subscription {
  readonly client: { deliver(subscription: Subscription, message: BrokerMessage): void };
  readonly tokens: readonly string[];
  readonly queue: string | undefined;
  readonly sid: string;
  delivered: number;
  max: number;
}

/** Whether a subject falls under a pattern, both split at the dots. */
export function matches(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === ">") return subject.length > index;
    if (index >= subject.length || (token !== "*" && token !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

/** Delivers to all that match, but one random member of each queue group; returns how many got it. */
export function route(all: Iterable<Subscription>, message: BrokerMessage, excluded?: object): number {
  const subject = message.subject.split(".");
  const groups = new Map<unknown, Subscription[]>();
  for (const each of all) {
    if (each.client === excluded || !matches(each.tokens, subject)) continue;
    const group = each.queue ?? each; // without a queue, a group of its own
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  for (const members of groups.values()) {
    const member = members[Math.floor(Math.random() * members.length)];
    member?.client.deliver(member, message);
  }
  return groups.size;
}
