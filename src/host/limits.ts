import { HostError } from "../errors/index.ts";

/** Limits of a host. Defaults: {@link DEFAULT_LIMITS}; DESIGN section 7. */
export interface Limits {
  /** Milliseconds for an outgoing lattice request. */
  readonly rpcTimeoutMs: number;
  /** Milliseconds for a call into an actor or provider on this host. */
  readonly callDeadlineMs: number;
  /** Milliseconds an actor or provider has to answer a health check. */
  readonly healthTimeoutMs: number;
  /** Milliseconds between heartbeats, at each of which actors and providers are asked for their health. */
  readonly heartbeatMs: number;
  /** Health checks in a row without an answer that can be read, after which a provider is removed. */
  readonly healthMisses: number;
  /** Bytes of a module. */
  readonly moduleBytes: number;
  /** Bytes that a guest's memory can grow to. */
  readonly memoryBytes: number;
  /** Bytes of a payload between parties on this host. The lattice's own limit comes from the server. */
  readonly payloadBytes: number;
  /** Calls that may wait for one actor; one more is refused. */
  readonly queueLength: number;
  /** Lattice requests that may wait for an answer; one more is refused. */
  readonly pendingRequests: number;
}

/** @throws HostError `input.invalid` for what is no bound: timers can wait for 2,147,483,647 ms at most. */
export function checkLimit(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0 && value <= 0x7fffffff) return;
  throw new HostError(
    "input.invalid",
    `The limit ${name} must be a whole number from 1 to 2,147,483,647, not ${value}`,
  );
}

/** The limits a host has when none are given. */
export const DEFAULT_LIMITS: Limits = {
  rpcTimeoutMs: 2_000,
  callDeadlineMs: 10_000,
  healthTimeoutMs: 200,
  heartbeatMs: 30_000,
  healthMisses: 3,
  moduleBytes: 64 * 1024 * 1024,
  memoryBytes: 256 * 1024 * 1024,
  payloadBytes: 16 * 1024 * 1024,
  queueLength: 1_024,
  pendingRequests: 4_096,
};
