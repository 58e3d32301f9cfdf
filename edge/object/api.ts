import { asHostError, type ErrorRecord, fromErrorRecord, toErrorRecord } from "../../src/errors/index.ts";
import type { ActorDescription, HostDescription } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import type { ServedRoute } from "../../src/providers/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../../src/wapc/index.ts";
import type { GuestWait } from "../actors/guest-wait.ts";
import type { TerminalRoute } from "../http/upgrade.ts";

/** Success or failure as plain data: errors lose their fields on the way from an object to a worker. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorRecord };

/** An actor that runs on the host, as a worker needs to know it to serve HTTP by itself. */
export interface TableActor {
  readonly name: string;
  readonly hash: string;
  /** Seconds since the epoch. */
  readonly expires?: number;
  readonly wait: GuestWait;
  /** In the worker's own bundle; else in an isolate made at run time. */
  readonly isBundled: boolean;
  readonly maxMemoryBytes: number;
}

/** What a worker goes by for a while. */
export interface HostTable {
  /** The host's `N…` key. */
  readonly host: string;
  /** By their `M…` keys. */
  readonly actors: Readonly<Record<string, TableActor>>;
  /** Which requests are for which actor. */
  readonly routes: readonly ServedRoute[];
  /** Where WebSockets are terminals of actors. */
  readonly terminals: readonly TerminalRoute[];
  /** Bytes of a payload between parties on this host. */
  readonly maxPayloadBytes: number;
}

/** The answer to a host call; `isAdrift` when it failed while the lattice was out of reach. */
export type ObjectHostCallAnswer = HostCallAnswer & { readonly isAdrift?: boolean };

/** What a worker asks of the object that holds its host. */
export interface HostObjectApi {
  /** Opens a WebSocket of a client that the worker found to be allowed; the request is one of `upgradeOf`. */
  fetch(request: Request): Promise<Response>;
  table(): Promise<Outcome<HostTable>>;
  /**
   * Answers a host call of a guest that runs in the worker.
   *
   * @param ms - milliseconds that are left to the caller.
   */
  hostCall(actor: string, request: HostCallRequest, ms: number): Promise<ObjectHostCallAnswer>;
  /** The module for an isolate made at run time. */
  module(hash: string): Promise<Outcome<Uint8Array>>;
  /** Hands an HTTP request to an actor that does not run on this host, over the lattice. */
  dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Outcome<Uint8Array>>;
  call(actor: string, operation: string, payload: Uint8Array): Promise<Outcome<Uint8Array>>;
  describe(): Promise<Outcome<HostDescription>>;
  startActorFrom(reference: string): Promise<Outcome<ActorDescription>>;
  /** Replaces the module of a running actor, if the options allow live updates. */
  updateActorFrom(actor: string, reference: string): Promise<Outcome<ActorDescription>>;
  stopActor(actor: string): Promise<Outcome<void>>;
  /** Starts a provider by the name of a built-in one, such as `weblattice:blobstore`. */
  startProviderFrom(reference: string, linkName?: string): Promise<Outcome<void>>;
  stopProvider(id: string, linkName: string): Promise<Outcome<void>>;
  setLink(link: LinkDefinition): Promise<Outcome<void>>;
  removeLink(actorId: string, contractId: string, linkName: string): Promise<Outcome<void>>;
  /** Starts the host if it does not run. */
  wake(): Promise<Outcome<void>>;
}

export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorRecord(asHostError(error)) };
  }
}

/** @throws HostError the failure. */
export function resultOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw fromErrorRecord(outcome.error);
}
