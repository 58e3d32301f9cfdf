import type { CallContext } from "../../../src/actors/index.ts";
import type { ActorClaims, Entity, Invocation, ProviderEntity } from "../../../src/claims/index.ts";
import {
  ALLOW_ALL,
  type CallRecord,
  type Delivery,
  Dispatcher,
  type DispatcherOptions,
  type LocalTarget,
} from "../../../src/dispatch/index.ts";
import { LatticeCache, type LatticeRpc } from "../../../src/lattice/index.ts";
import { Counters } from "../../../src/telemetry/index.ts";
import { testActor } from "../../support/actors.ts";

export const CALLER = testActor("pinger").key;
export const CALLED = testActor("ponger").key;
export const CONTRACT = "wasmcloud:keyvalue";
export const STORE: ProviderEntity = {
  kind: "provider",
  id: "VA",
  contractId: CONTRACT,
  linkName: "default",
};

/** A dispatcher, what it knows, and what it told. */
export interface Setting {
  readonly dispatcher: Dispatcher;
  readonly cache: LatticeCache;
  readonly counters: Counters;
  readonly records: CallRecord[];
  /** Registers a target that answers like this, and notes what reaches it. */
  target(
    entity: Entity,
    answer?: (delivery: Delivery) => Promise<Uint8Array>,
    onLattice?: boolean,
  ): Delivery[];
}

export function setting(options: Partial<DispatcherOptions> = {}): Setting {
  const cache = new LatticeCache();
  const counters = new Counters();
  const records: CallRecord[] = [];
  const dispatcher = new Dispatcher({
    cache,
    authorizer: ALLOW_ALL,
    counters,
    now: () => 1_000_000,
    callDeadlineMs: 10_000,
    rpcTimeoutMs: 2_000,
    payloadBytes: 100,
    onCall: (call) => records.push(call),
    ...options,
  });
  cache.putClaims(claimsOf(CALLER), "verified");
  return {
    dispatcher,
    cache,
    counters,
    records,
    target: (entity, answer = async ({ payload }) => payload, onLattice = true) => {
      const deliveries: Delivery[] = [];
      const deliver: LocalTarget["deliver"] = (delivery) => {
        deliveries.push(delivery);
        return answer(delivery);
      };
      dispatcher.register({ entity, onLattice, deliver });
      return deliveries;
    },
  };
}

export function claimsOf(subject: string, parts: Partial<ActorClaims> = {}): ActorClaims {
  return {
    subject,
    issuer: "AA",
    tokenId: "t",
    issuedAt: 0,
    moduleHash: "",
    tags: [],
    capabilities: [CONTRACT],
    revision: 0,
    isProvider: false,
    ...parts,
  };
}

export const CONTEXT: CallContext = { chain: [CALLER], deadline: 1_005_000 };

/** The lattice as a dispatcher sees it: faults of timing cannot be caused on a real one. */
export class FakeRpc {
  readonly served: Entity[] = [];
  readonly closed: Entity[] = [];
  readonly calls: { readonly call: Partial<Invocation>; readonly timeoutMs: number | undefined }[] = [];
  readonly handlers: ((invocation: Invocation) => Promise<Uint8Array>)[] = [];
  answer: { readonly payload: Uint8Array; readonly error?: string } = { payload: new Uint8Array(0) };

  serve(
    entity: Entity,
    handler: (invocation: Invocation) => Promise<Uint8Array>,
  ): { close(): Promise<void> } {
    this.served.push(entity);
    this.handlers.push(handler);
    return { close: async () => void this.closed.push(entity) };
  }

  async call(call: Partial<Invocation>, options: { readonly timeoutMs?: number } = {}): Promise<unknown> {
    this.calls.push({ call, timeoutMs: options.timeoutMs });
    return { ...this.answer, invocationId: "i" };
  }

  get asRpc(): LatticeRpc {
    return this as unknown as LatticeRpc;
  }
}
