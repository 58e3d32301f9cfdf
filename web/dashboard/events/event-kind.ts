import type { WatchMessage } from "../../host-api.ts";

/** The kinds that the event log can be narrowed to, in the order of their buttons. */
export const eventKinds = ["calls", "life cycle", "links", "lattice", "health", "log"] as const;

/** What an event is about. */
export type EventKind = (typeof eventKinds)[number];

/** The kind of a message, found without making its text. */
export function kindOf(message: Exclude<WatchMessage, { kind: "skipped" }>): EventKind {
  if (message.kind === "log") return "log";
  switch (message.event.type) {
    case "call":
      return "calls";
    case "heartbeat":
      return "health";
    case "lattice_changed":
      return "lattice";
    case "link_set":
    case "link_removed":
    case "link_bound":
      return "links";
    default:
      return "life cycle";
  }
}
