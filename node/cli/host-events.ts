import type { HostEvent, LogLevel, LogRecord } from "../../src/index.ts";

/** What is logged about an event. */
export type EventLine = Pick<LogRecord, "message" | "fields"> & { readonly level: LogLevel };

/** What to log about an event; nothing about calls, heartbeats, and what the host logs itself. */
export function eventLine(event: HostEvent): EventLine | undefined {
  switch (event.type) {
    case "actor_started":
      return line(`Actor ${event.name} started`, { actor: event.actor });
    case "actor_stopped":
      return line(`Actor ${event.name} stopped`, { actor: event.actor });
    case "actor_failed": {
      const { actor, name, error } = event;
      return {
        level: "error",
        message: `Actor ${name} failed: ${error.message}`,
        fields: { actor, code: error.code },
      };
    }
    case "actor_update_began":
    case "actor_update_completed": {
      const { actor, name, oldRevision, newRevision } = event;
      const verb = event.type === "actor_update_began" ? "is being updated" : "was updated";
      return {
        level: "info",
        message: `Actor ${name} ${verb}`,
        fields: { actor, oldRevision, newRevision },
      };
    }
    case "actor_update_failed": {
      const { actor, name, error } = event;
      return {
        level: "error",
        message: `Actor ${name} was not updated: ${error.message}`,
        fields: { actor, code: error.code },
      };
    }
    case "provider_failed": {
      const { provider, linkName, name, error } = event;
      return {
        level: "error",
        message: `Provider ${name} failed: ${error.message}`,
        fields: { provider, linkName, code: error.code },
      };
    }
    case "provider_unhealthy": {
      const { provider, linkName, name, reason } = event;
      return {
        level: "warn",
        message: `Provider ${name} is unhealthy: ${reason}`,
        fields: { provider, linkName },
      };
    }
    case "provider_started":
    case "provider_stopped": {
      const { provider, contractId, linkName } = event;
      const verb = event.type === "provider_started" ? "started" : "stopped";
      return line(`Provider ${event.name} ${verb}`, { provider, contractId, linkName });
    }
    case "link_set":
    case "link_removed": {
      // Never its values: they may be secrets.
      const { actorId, providerId, contractId, linkName } = event.link;
      const verb = event.type === "link_set" ? "set" : "removed";
      return line(`Link ${verb}`, { actor: actorId, provider: providerId, contractId, linkName });
    }
    case "lattice_changed": {
      const reason = event.reason === undefined ? "" : `: ${event.reason}`;
      return line(`The lattice is ${event.state}${reason}`, {});
    }
    default:
      return undefined;
  }
}

function line(message: string, fields: Readonly<Record<string, string>>): EventLine {
  return { level: "info", message, ...(Object.keys(fields).length === 0 ? {} : { fields }) };
}
