import { HostError } from "../../errors/index.ts";

/** What a portable provider can do besides answering. */
export interface PortableHost {
  /** Calls an actor that is linked to the provider. Rejects with an error whose message is the reason. */
  dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array>;
}

/** What the default export of a portable provider's module makes. Contracts section 5.7. */
export interface PortableHandlers {
  handleCall(actor: string, operation: string, payload: Uint8Array): unknown;
  stop?(): unknown;
}

const HINT = "Its default export must be (host) => ({ handleCall(actor, operation, payload), stop() }).";

/**
 * Makes the provider that a module describes.
 * @param module its namespace
 * @throws HostError `provider.start_failed`, or what the module throws
 */
export async function makeProvider(module: unknown, host: PortableHost): Promise<PortableHandlers> {
  const factory = memberOf(module, "default");
  if (typeof factory !== "function") throw refused("The provider's module has no function as default export");
  const handlers: unknown = await factory(host);
  if (typeof memberOf(handlers, "handleCall") !== "function") {
    throw refused("The provider's module made nothing that handles calls");
  }
  return handlers as PortableHandlers;
}

/**
 * The bytes that a provider answered with; nothing is no bytes.
 * @throws HostError `provider.failure`, `input.too_large`
 */
export function answerBytes(answer: unknown, maxBytes: number): Uint8Array {
  if (answer === undefined || answer === null) return new Uint8Array(0);
  if (!(answer instanceof Uint8Array)) {
    throw new HostError("provider.failure", "The provider answered with something that is not bytes");
  }
  if (answer.length > maxBytes) {
    throw new HostError(
      "input.too_large",
      `The provider answered with ${answer.length} bytes, at most ${maxBytes} are accepted`,
    );
  }
  return answer;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function refused(message: string): HostError {
  return new HostError("provider.start_failed", message, { hint: HINT });
}
