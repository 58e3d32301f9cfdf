import * as v from "valibot";
import { decodeMessage, encodeMessage } from "./payload.ts";

/** Operations the host itself sends. Contracts document 7.1. */
export const CORE_OPERATIONS = {
  health: "HealthRequest",
  bind: "BindActor",
  remove: "RemoveActor",
  /** Internal to first-party hosts; never honoured as a message. Protocol section 4.8. */
  halt: "__halt",
} as const;

/** What a provider is told about an actor linked to it. */
export interface CapabilityConfiguration {
  /** The actor's `M…` key. */
  readonly module: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The answer to a health check. */
export interface HealthResponse {
  readonly healthy: boolean;
  readonly message: string;
}

const configurationFields = {
  module: v.pipe(v.string(), v.maxLength(256)),
  values: v.optional(v.record(v.string(), v.string()), {}),
};
const healthFields = { healthy: v.boolean(), message: v.string() };

export function encodeHealthRequest(): Uint8Array {
  return encodeMessage({ placeholder: true });
}

export function encodeHealthResponse(response: HealthResponse): Uint8Array {
  return encodeMessage({ healthy: response.healthy, message: response.message });
}

/** @throws HostError `provider.bad_request`. */
export function decodeHealthResponse(payload: Uint8Array): HealthResponse {
  return decodeMessage(healthFields, payload);
}

export function encodeCapabilityConfiguration(configuration: CapabilityConfiguration): Uint8Array {
  return encodeMessage({ module: configuration.module, values: configuration.values });
}

/** @throws HostError `provider.bad_request`. */
export function decodeCapabilityConfiguration(payload: Uint8Array): CapabilityConfiguration {
  return decodeMessage(configurationFields, payload);
}
