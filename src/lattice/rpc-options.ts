import type { KeyPair } from "../keys/index.ts";
import { type Counters, FaultLog, type Logger } from "../telemetry/index.ts";
import { positive } from "./connect-options.ts";
import type { LatticeConnection } from "./connection.ts";
import { DEFAULT_NAMESPACE, type LatticeSubjects, latticeSubjects } from "./subjects.ts";

/** Options of `LatticeRpc`. */
export interface LatticeRpcOptions {
  readonly connection: LatticeConnection;
  /** Identity of this host, of kind `N`: signs what it sends. */
  readonly host: KeyPair;
  /** Namespace prefix of the lattice; default `default`. */
  readonly namespace?: string;
  /** Milliseconds to wait for the answer to a call; default 2,000 (protocol section 4.7). */
  readonly timeoutMs?: number;
  /** Milliseconds that a handler may take before the caller gets an error; default 30,000. */
  readonly handlerTimeoutMs?: number;
  /** Calls from the lattice worked on at one time; default 4,096. */
  readonly maxInFlight?: number;
  /** Seconds that the time in a token may lie before or after ours; default 300. */
  readonly toleranceSeconds?: number;
  /** Accepted calls remembered, each for twice the tolerance, to refuse repeats; default 100,000. */
  readonly replayCapacity?: number;
  /** `N…` keys of the hosts that may call; default any. */
  readonly trustedHosts?: readonly string[];
  /** Milliseconds that `close` waits for calls being worked on; default 2,000. */
  readonly drainMs?: number;
  /** Where faults are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where faults are counted; default nowhere. */
  readonly counters?: Counters;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Options with every default in place. */
export interface ResolvedRpcOptions {
  readonly connection: LatticeConnection;
  readonly host: KeyPair;
  readonly subjects: LatticeSubjects;
  readonly timeoutMs: number;
  readonly handlerTimeoutMs: number;
  readonly maxInFlight: number;
  readonly toleranceSeconds: number;
  readonly replayCapacity: number;
  readonly trustedHosts: readonly string[] | undefined;
  readonly drainMs: number;
  readonly faults: FaultLog;
  readonly now: () => number;
}

/** @throws HostError `input.invalid` for a bad namespace or number. */
export function resolveRpcOptions(options: LatticeRpcOptions): ResolvedRpcOptions {
  return Object.freeze({
    connection: options.connection,
    host: options.host,
    subjects: latticeSubjects(options.namespace ?? DEFAULT_NAMESPACE),
    timeoutMs: positive("timeoutMs", options.timeoutMs ?? 2_000),
    handlerTimeoutMs: positive("handlerTimeoutMs", options.handlerTimeoutMs ?? 30_000),
    maxInFlight: positive("maxInFlight", options.maxInFlight ?? 4_096),
    toleranceSeconds: positive("toleranceSeconds", options.toleranceSeconds ?? 300),
    replayCapacity: positive("replayCapacity", options.replayCapacity ?? 100_000),
    trustedHosts: options.trustedHosts,
    drainMs: positive("drainMs", options.drainMs ?? 2_000),
    faults: new FaultLog("lattice", options.logger, options.counters),
    now: options.now ?? Date.now,
  });
}
