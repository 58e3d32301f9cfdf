import { CORE_OPERATIONS, decodeCapabilityConfiguration, encodeHealthResponse } from "../contracts/index.ts";

const EMPTY = new Uint8Array(0);

/** What a provider does when the host links an actor to it or removes one. Both come as often as they like. */
export interface LinkHandlers {
  bind?(actor: string, values: Readonly<Record<string, string>>): void | Promise<void>;
  remove?(actor: string): void | Promise<void>;
}

/**
 * Answers the three operations that every provider must answer; undefined for any other. Contracts document 7.1.
 *
 * @throws HostError `provider.bad_request`, or what a handler throws.
 */
export async function answerCoreOperation(
  handlers: LinkHandlers,
  operation: string,
  payload: Uint8Array,
): Promise<Uint8Array | undefined> {
  switch (operation) {
    case CORE_OPERATIONS.health:
      return encodeHealthResponse({ healthy: true, message: "" });
    case CORE_OPERATIONS.bind: {
      const { module, values } = decodeCapabilityConfiguration(payload);
      await handlers.bind?.(module, values);
      return EMPTY;
    }
    case CORE_OPERATIONS.remove:
      await handlers.remove?.(decodeCapabilityConfiguration(payload).module);
      return EMPTY;
    default:
      return undefined;
  }
}
