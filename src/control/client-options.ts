import { HostError } from "../errors/index.ts";
import type { KeyPair } from "../keys/index.ts";
import { type LatticeConnection, type LatticeSubjects, latticeSubjects } from "../lattice/index.ts";
import { type Counters, FaultLog, type Logger } from "../telemetry/index.ts";

/** Options of `ControlClient`. */
export interface ControlClientOptions {
  /** Stays the giver's to close. Needs permission on the RPC plane for links and actor calls. */
  readonly connection: LatticeConnection;
  /** Namespace prefix of the lattice; default `default`. */
  readonly namespace?: string;
  /** Identity of kind `N` that signs actor calls; default a new one, made by the first call. */
  readonly key?: KeyPair;
  /** Milliseconds to wait for the first answer to a command or query; default 2,000. */
  readonly timeoutMs?: number;
  /** Milliseconds to collect the answers of many hosts; default 1,000. */
  readonly auctionTimeoutMs?: number;
  /** Where undecodable answers and events are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where they are counted, as `control.…`; default nowhere. */
  readonly counters?: Counters;
}

/** Options with every default in place. */
export interface ResolvedClientOptions {
  readonly connection: LatticeConnection;
  readonly subjects: LatticeSubjects;
  readonly key: KeyPair | undefined;
  readonly timeoutMs: number;
  readonly auctionTimeoutMs: number;
  readonly faults: FaultLog;
}

/** @throws HostError `input.invalid` for a bad namespace or number, or a key of another kind. */
export function resolveClientOptions(options: ControlClientOptions): ResolvedClientOptions {
  const { connection, namespace, key, logger, counters } = options;
  if (key !== undefined && key.kind !== "server") {
    throw new HostError("input.invalid", `A control client signs with a key of kind N, not ${key.publicKey}`);
  }
  return Object.freeze({
    connection,
    subjects: latticeSubjects(namespace),
    key,
    timeoutMs: milliseconds("timeoutMs", options.timeoutMs ?? 2_000),
    auctionTimeoutMs: milliseconds("auctionTimeoutMs", options.auctionTimeoutMs ?? 1_000),
    faults: new FaultLog("control", logger, counters),
  });
}

function milliseconds(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= 0x7fffffff) return value;
  throw new HostError("input.invalid", `The option ${name} must be whole milliseconds above 0, not ${value}`);
}
