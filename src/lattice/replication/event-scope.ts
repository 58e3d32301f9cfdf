import type { CacheEvent } from "../cache-event.ts";

/**
 * What an event is about: of two events with the same scope, the later makes the earlier one count for nothing.
 * Undefined for those that add up (counters and lists).
 */
export function scopeOf(event: CacheEvent): string | undefined {
  switch (event.kind) {
    case "ScalarSet":
    case "KeyDelete":
    case "ListClear":
      return event.key;
    case "SetAdd":
    case "SetRemoveItem":
      return `${event.key}\n${event.value}`;
    default:
      return undefined;
  }
}

/** A text that two events share only if they are equal. */
export function textOf(event: CacheEvent): string {
  const rest = "value" in event ? event.value : "amount" in event ? String(event.amount) : "";
  return `${event.kind}\n${event.key}\n${rest}`;
}
