import type { CallRecord, HostEvent, LinkDefinition, LogRecord } from "../../../src/index.ts";
import type { Tone } from "../controls/badge.tsx";
import { bytesText, countText } from "../format/amount.ts";
import { placeText } from "../format/place.ts";
import { durationText } from "../format/time.ts";
import type { NameBook } from "../session/name-book.ts";
import type { EventKind } from "./event-kind.ts";

/** What one row of the event log says. */
export interface RowText {
  readonly kind: EventKind;
  readonly tone: Tone;
  /** A word before the rest, such as a call's route or a log line's level. */
  readonly tag?: string;
  readonly subject: string;
  readonly text?: string;
  /** Figures at the end of the row. */
  readonly meta?: string;
  /** What went wrong. */
  readonly detail?: string;
}

/** The row of a host's event. Link values are never shown: they may be secrets. */
export function eventText(event: HostEvent, names: NameBook): RowText {
  switch (event.type) {
    case "call":
      return callText(event.call, names);
    case "host_started":
      return { kind: "life cycle", tone: "ok", subject: "Host started" };
    case "host_stopped":
      return { kind: "life cycle", tone: "neutral", subject: "Host stopped" };
    case "actor_started":
      return {
        ...started(event.name),
        ...(event.reference === undefined ? {} : { text: placeText(event.reference) }),
      };
    case "actor_stopped":
      return { kind: "life cycle", tone: "neutral", subject: `${event.name} stopped` };
    case "actor_failed": {
      const subject = `${event.name === "" ? names.nameOf(event.actor) : event.name} failed`;
      return { kind: "life cycle", tone: "bad", subject, detail: errorText(event.error) };
    }
    case "actor_update_began":
      return {
        kind: "life cycle",
        tone: "info",
        subject: `${event.name} is being updated`,
        text: revisionsText(event),
      };
    case "actor_update_completed":
      return { kind: "life cycle", tone: "ok", subject: `${event.name} updated`, text: revisionsText(event) };
    case "actor_update_failed":
      return {
        kind: "life cycle",
        tone: "bad",
        subject: `${event.name} was not updated`,
        detail: errorText(event.error),
      };
    case "provider_failed":
      return {
        kind: "life cycle",
        tone: "bad",
        subject: `${event.name} failed`,
        text: event.linkName,
        detail: errorText(event.error),
      };
    case "provider_unhealthy":
      return {
        kind: "health",
        tone: "bad",
        subject: `${event.name} is unhealthy`,
        text: event.linkName,
        detail: event.reason,
      };
    case "provider_started":
      return { ...started(event.name), text: `${event.contractId} · ${event.linkName}` };
    case "provider_stopped":
      return { kind: "life cycle", tone: "neutral", subject: `${event.name} stopped`, text: event.linkName };
    case "link_set":
      return { kind: "links", tone: "info", subject: "Link set", text: linkText(event.link, names) };
    case "link_removed":
      return { kind: "links", tone: "neutral", subject: "Link removed", text: linkText(event.link, names) };
    case "link_bound": {
      const text = linkText(event.link, names);
      if (event.error === undefined) return { kind: "links", tone: "ok", subject: "Link bound", text };
      return { kind: "links", tone: "bad", subject: "Link refused", text, detail: errorText(event.error) };
    }
    case "lattice_changed":
      return latticeText(event.state, event.reason);
    case "heartbeat":
      return heartbeatText(event.states, names);
  }
}

/** The row of a log line. Keys of known actors and providers are shown by their names. */
export function logText(record: LogRecord, names: NameBook): RowText {
  const tones = { debug: "neutral", info: "info", warn: "warn", error: "bad" } as const;
  const fields = Object.entries(record.fields ?? {}).map(
    ([name, value]) =>
      `${name}=${typeof value === "string" && names.has(value) ? names.nameOf(value) : value}`,
  );
  return {
    kind: "log",
    tone: tones[record.level],
    tag: record.level,
    subject: record.scope,
    text: [record.message, ...fields].join(" "),
  };
}

function callText(call: CallRecord, names: NameBook): RowText {
  const sizes = `${bytesText(call.requestBytes)} → ${call.error === undefined ? bytesText(call.responseBytes) : "failed"}`;
  return {
    kind: "calls",
    tone: call.error === undefined ? "neutral" : "bad",
    tag: call.route,
    subject: call.operation,
    text: `${names.nameOf(call.origin.id)} → ${names.nameOf(call.target.id)}`,
    meta: `${durationText(call.durationMs)} · ${sizes}`,
    ...(call.error === undefined ? {} : { detail: errorText(call.error) }),
  };
}

function started(name: string): RowText {
  return { kind: "life cycle", tone: "ok", subject: `${name} started` };
}

function revisionsText(event: { readonly oldRevision: number; readonly newRevision: number }): string {
  return `revision ${event.oldRevision} → ${event.newRevision}`;
}

function errorText(error: { readonly message: string; readonly code: string }): string {
  return `${error.message} (${error.code})`;
}

function linkText(link: LinkDefinition, names: NameBook): string {
  const provider = link.providerId === "" ? "" : ` → ${names.nameOf(link.providerId)}`;
  return `${names.nameOf(link.actorId)}${provider} · ${link.contractId} · ${link.linkName}`;
}

function latticeText(
  state: Extract<HostEvent, { type: "lattice_changed" }>["state"],
  reason: string | undefined,
): RowText {
  const words = {
    standalone: ["neutral", "Standalone"],
    connecting: ["warn", "Connecting to the lattice"],
    connected: ["ok", "Connected to the lattice"],
    reconnecting: ["warn", "Connection lost, reconnecting"],
  } as const;
  const [tone, subject] = words[state];
  return { kind: "lattice", tone, subject, ...(reason === undefined ? {} : { detail: reason }) };
}

function heartbeatText(
  states: Extract<HostEvent, { type: "heartbeat" }>["states"],
  names: NameBook,
): RowText {
  const entries = Object.entries(states);
  const unwell = entries.flatMap(([key, state]) =>
    state.state === "unhealthy" ? [`${names.nameOf(key)}: ${state.reason}`] : [],
  );
  return {
    kind: "health",
    tone: unwell.length === 0 ? "neutral" : "bad",
    subject: "Heartbeat",
    text: `${countText(entries.length - unwell.length, "part")} running`,
    ...(unwell.length === 0 ? {} : { detail: unwell.join("; ") }),
  };
}
