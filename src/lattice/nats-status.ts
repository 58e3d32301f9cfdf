import type { ConnectionStatus } from "./connection.ts";
import { permissionError, serverError } from "./nats-errors.ts";
import { DebugEvents, Events, type Status } from "./nats-ws.ts";

/** What nats.ws reports, as one of our statuses; undefined for what nobody needs to know. */
export function fromNatsStatus({ type, data, permissionContext }: Status): ConnectionStatus | undefined {
  const server = String(data);
  switch (type) {
    case Events.Reconnect:
      return { type: "connected", server };
    case Events.Disconnect:
      return { type: "disconnected", server };
    case DebugEvents.Reconnecting:
      return { type: "reconnecting", server };
    case Events.Error:
      // Here the data is a code.
      return {
        type: "error",
        error: permissionContext === undefined ? serverError(server) : permissionError(permissionContext),
      };
    default:
      return undefined;
  }
}
