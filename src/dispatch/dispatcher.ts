import type { CallContext } from "../actors/index.ts";
import {
  type Entity,
  entityKey,
  type Invocation,
  type ProviderEntity,
  SYSTEM_ACTOR,
} from "../claims/index.ts";
import { asHostError, HostError, toErrorRecord } from "../errors/index.ts";
import type { LatticeCache, LatticeRpc, LatticeSubscription } from "../lattice/index.ts";
import type { Counters } from "../telemetry/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import { authorize, authorizeInbound } from "./authorize.ts";
import type { Authorizer } from "./authorizer.ts";
import type { CallRecord, CallRoute } from "./call-record.ts";
import type { Delivery, LocalTarget } from "./local-target.ts";
import { resolveActor, resolveTarget } from "./resolve-target.ts";

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly cache: LatticeCache;
  readonly authorizer: Authorizer;
  readonly counters: Counters;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds for a call that starts here and stays here. */
  readonly callDeadlineMs: number;
  /** Milliseconds for a request on the lattice. */
  readonly rpcTimeoutMs: number;
  /** Bytes of a payload. */
  readonly payloadBytes: number;
  /** Told of every finished call. Must not throw. */
  readonly onCall: (call: CallRecord) => void;
  /**
   * Called before a call that needs a lattice; it may `connect` one. What it resolves with is called after the call.
   * Default: without a lattice such calls fail.
   */
  readonly onLatticeNeeded?: (() => Promise<(() => void) | undefined>) | undefined;
}

/**
 * Takes calls to whom they are for: resolved, authorized, delivered here if the target is here, else sent over the
 * lattice. Protocol sections 4.6, 4.7 and 5.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #targets = new Map<string, LocalTarget>();
  readonly #served = new Map<string, LatticeSubscription>();
  #rpc: LatticeRpc | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Makes a target callable, here and, if there is a lattice, from other hosts. */
  register(target: LocalTarget): void {
    const key = entityKey(target.entity);
    this.#targets.set(key, target);
    if (this.#rpc !== undefined) this.#serve(this.#rpc, target);
  }

  /** Takes a target out. Calls it is serving go on. */
  async unregister(entity: Entity): Promise<void> {
    const key = entityKey(entity);
    this.#targets.delete(key);
    const served = this.#served.get(key);
    this.#served.delete(key);
    await served?.close();
  }

  /** Joins the lattice, or leaves it with undefined: what is not here is looked for there. */
  async connect(rpc: LatticeRpc | undefined): Promise<void> {
    this.#rpc = rpc;
    const served = [...this.#served.values()];
    this.#served.clear();
    await Promise.all(served.map((subscription) => subscription.close()));
    if (rpc !== undefined) for (const target of this.#targets.values()) this.#serve(rpc, target);
  }

  /** Answers a guest's host call; a failure is data. */
  async hostCall(actor: string, request: HostCallRequest, context: CallContext): Promise<HostCallAnswer> {
    const origin: Entity = { kind: "actor", id: actor };
    try {
      const target = resolveTarget(this.#options.cache, actor, request.namespace, request.binding);
      const { operation, payload } = request;
      return { ok: true, payload: await this.#invoke(target, { origin, operation, payload, context }) };
    } catch (error) {
      return { ok: false, message: asHostError(error).message };
    }
  }

  /**
   * A provider's call of an actor, by key only. Protocol section 7.1.
   *
   * @throws HostError `dispatch.invocation_failed`.
   */
  callFromProvider(
    origin: ProviderEntity,
    actor: string,
    operation: string,
    payload: Uint8Array,
  ): Promise<Uint8Array> {
    return this.#callActor(origin, actor, operation, payload);
  }

  /**
   * The host's own call of an actor, by key or call alias. Protocol section 11.1.
   *
   * @throws HostError `dispatch.no_target`, or `dispatch.invocation_failed`.
   */
  async callFromHost(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    // What runs here needs no look at its checksum.
    const key = this.#targets.has(actor) ? actor : resolveActor(this.#options.cache, actor);
    if (key === undefined) {
      throw new HostError(
        "dispatch.no_target",
        "Specified actor was not a public key or a known call alias.",
        { hint: "Give the 56 characters of its key, or the alias in its claims." },
      );
    }
    return this.#callActor({ kind: "actor", id: SYSTEM_ACTOR }, key, operation, payload);
  }

  async #callActor(
    origin: Entity,
    actor: string,
    operation: string,
    payload: Uint8Array,
  ): Promise<Uint8Array> {
    const context: CallContext = { chain: [], deadline: this.#options.now() + this.#options.callDeadlineMs };
    try {
      // The payload may be moved to another worker, so the caller's bytes are copied.
      const delivery = { origin, operation, payload: payload.slice(), context };
      return await this.#invoke({ kind: "actor", id: actor }, delivery);
    } catch (error) {
      const reason = asHostError(error);
      throw new HostError("dispatch.invocation_failed", `Invocation failure: ${reason.message}`, {
        ...(reason.hint === undefined ? {} : { hint: reason.hint }),
        details: { ...reason.details, reason: reason.code },
        cause: reason,
      });
    }
  }

  async #invoke(target: Entity, delivery: Delivery): Promise<Uint8Array> {
    const local = this.#targets.get(entityKey(target));
    const route = local === undefined ? "outbound" : "local";
    return this.#observe(route, target, delivery, async () => {
      this.#checkSize(delivery.payload);
      await authorize(this.#authorization(target, delivery));
      return local === undefined ? this.#send(target, delivery) : local.deliver(delivery);
    });
  }

  async #send(target: Entity, delivery: Delivery): Promise<Uint8Array> {
    const release = await this.#options.onLatticeNeeded?.();
    try {
      if (this.#rpc !== undefined) return await this.#ask(this.#rpc, target, delivery);
    } finally {
      release?.();
    }
    throw new HostError(
      "dispatch.no_subscriber",
      "No local bus subscribers found, and no lattice RPC client enabled",
      { hint: "Start the target on this host, or join the lattice where it runs." },
    );
  }

  async #ask(rpc: LatticeRpc, target: Entity, delivery: Delivery): Promise<Uint8Array> {
    const { rpcTimeoutMs, now } = this.#options;
    const { origin, operation, payload, context } = delivery;
    // A clock may tell fractions of a millisecond, which no timeout may have.
    const timeoutMs = Math.max(1, Math.min(rpcTimeoutMs, Math.ceil(context.deadline - now())));
    const response = await rpc.call({ origin, target, operation, payload }, { timeoutMs });
    if (response.error !== undefined) throw new HostError("dispatch.invocation_failed", response.error);
    return response.payload;
  }

  #serve(rpc: LatticeRpc, target: LocalTarget): void {
    const key = entityKey(target.entity);
    // A target may be registered while the others are being connected: it must not be served twice.
    if (!target.onLattice || this.#served.has(key)) return;
    const subscription = rpc.serve(target.entity, (invocation) => this.#deliverInbound(target, invocation));
    this.#served.set(key, subscription);
  }

  /** A call that another host sent; its token was verified by the lattice layer. */
  #deliverInbound(target: LocalTarget, invocation: Invocation): Promise<Uint8Array> {
    const { origin, operation, payload } = invocation;
    const { now, callDeadlineMs, rpcTimeoutMs } = this.#options;
    // A call that waits longer than a caller does is not worth starting.
    const context: CallContext = { chain: [], deadline: now() + callDeadlineMs, maxWaitMs: rpcTimeoutMs };
    const delivery: Delivery = { origin, operation, payload, context };
    return this.#observe("inbound", target.entity, delivery, async () => {
      await authorizeInbound(this.#authorization(target.entity, delivery));
      return target.deliver(delivery);
    });
  }

  #authorization(target: Entity, delivery: Delivery): Parameters<typeof authorize>[0] {
    const { cache, authorizer, now } = this.#options;
    return {
      origin: delivery.origin,
      target,
      operation: delivery.operation,
      claimsOf: (actor) => cache.claims(actor),
      authorizer,
      now: Math.floor(now() / 1_000),
    };
  }

  #checkSize(payload: Uint8Array): void {
    const { payloadBytes } = this.#options;
    if (payload.length <= payloadBytes) return;
    throw new HostError(
      "input.too_large",
      `The payload has ${payload.length} bytes; at most ${payloadBytes} are taken`,
    );
  }

  async #observe(
    route: CallRoute,
    target: Entity,
    { origin, operation, payload }: Delivery,
    work: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const { counters, onCall } = this.#options;
    const started = performance.now();
    const requestBytes = payload.length;
    const report = (responseBytes: number, error?: unknown): void => {
      counters.add(`calls.${route}`);
      if (error !== undefined) counters.add(`calls.${route}.failed`);
      const durationMs = performance.now() - started;
      const call = { route, origin, target, operation, durationMs, requestBytes, responseBytes };
      onCall(error === undefined ? call : { ...call, error: toErrorRecord(error) });
    };
    try {
      const answer = await work();
      report(answer.length);
      return answer;
    } catch (error) {
      report(0, error);
      throw error;
    }
  }
}
