import { type ErrorCode, HostError, type HostErrorOptions, messageOf } from "../errors/index.ts";

/** What the errors of nats.ws carry besides a text. */
interface NatsErrorLike {
  readonly code: string;
  readonly permissionContext?: { readonly operation: string; readonly subject: string };
}

/** An error of nats.ws as one of ours. */
export function fromNatsError(error: unknown): HostError {
  if (error instanceof HostError) return error;
  const code = isNatsError(error) ? error.code : "";
  const of = (ours: ErrorCode, text: string, more: HostErrorOptions = {}) =>
    new HostError(ours, text, { cause: error, ...more });
  switch (code) {
    case "TIMEOUT":
      return of("lattice.timeout", "RPC call timed out");
    case "503":
      return of("lattice.transport", "RPC error: no responders", {
        hint: "Nobody in the lattice is subscribed: start the target on some host.",
        details: { noResponders: true },
      });
    case "PERMISSIONS_VIOLATION":
      return permissionError(isNatsError(error) ? error.permissionContext : undefined);
    case "CONNECTION_CLOSED":
    case "CONNECTION_DRAINING":
    case "CANCELLED":
    case "DISCONNECT":
      return notConnected();
    default:
      return of("lattice.transport", `RPC error: ${messageOf(error)}`);
  }
}

/** Whether the server said that nobody is subscribed. */
export function isNoResponders(error: unknown): boolean {
  return isNatsError(error) && error.code === "503";
}

/** Something the server refused by its permissions; without context, whatever it was. */
export function permissionError(context: NatsErrorLike["permissionContext"]): HostError {
  const what = context === undefined ? "" : ` (${context.operation} "${context.subject}")`;
  return new HostError("lattice.forbidden", `The NATS server refuses this for lack of permission${what}`, {
    hint: "Give the NATS user permission for the subjects of this lattice.",
    ...(context === undefined ? {} : { details: { operation: context.operation, subject: context.subject } }),
  });
}

/** An error event of a connection that is up. */
export function serverError(code: string): HostError {
  return new HostError("lattice.transport", `The NATS server reports ${REASONS[code] ?? code}`);
}

/** Why there is no connection. */
export function connectError(error: unknown, servers: readonly string[]): HostError {
  if (error instanceof HostError) return error;
  const code = isNatsError(error) ? error.code : "";
  // Browsers tell no reason, and nats.ws then makes an error without a text.
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : "") ?? "";
  return new HostError(
    "lattice.connect_failed",
    `Could not connect to ${servers.join(" or ")}${reason === "" ? "" : `: ${reason}`}`,
    {
      hint:
        HINTS[code] ??
        "Check that the address is that of the server's websocket listener, and that the listener allows this origin.",
      cause: error,
    },
  );
}

/** A message that was not sent because the server would not take it. */
export function payloadTooLarge(bytes: number, limit: number): HostError {
  return new HostError(
    "lattice.payload_too_large",
    `The message of ${bytes} bytes is larger than the ${limit} bytes that the lattice carries`,
    { hint: "Send less, or raise max_payload of the NATS servers.", details: { bytes, limit } },
  );
}

/** Something that needs a connection, and there is none. */
export function notConnected(): HostError {
  return new HostError("lattice.not_connected", "Not connected to the lattice", {
    hint: "The connection is closed, or being established again.",
  });
}

const REASONS: Readonly<Record<string, string>> = {
  AUTHORIZATION_VIOLATION: "the server does not accept the credentials",
  AUTHENTICATION_EXPIRED: "the credentials have expired",
  ACCOUNT_EXPIRED: "the account has expired",
  AUTHENTICATION_TIMEOUT: "authentication took too long",
  BAD_CREDS: "the credentials file cannot be read",
  TIMEOUT: "the server did not answer in time",
  CONNECTION_REFUSED: "the server refused the connection",
};

const HINTS: Readonly<Record<string, string>> = {
  AUTHORIZATION_VIOLATION: "Check the user name and password, token, or credentials file.",
  AUTHENTICATION_EXPIRED: "Get new credentials.",
  ACCOUNT_EXPIRED: "Ask the operator of the NATS server.",
  BAD_CREDS: "Give the whole text of a .creds file.",
};

function isNatsError(error: unknown): error is NatsErrorLike {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
