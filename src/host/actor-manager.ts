import { Actor } from "../actors/index.ts";
import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import { actorTarget } from "../dispatch/index.ts";
import { asHostError, HostError, toErrorRecord } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import { Logger, type LogRecord, RingBufferSink } from "../telemetry/index.ts";
import { type ActorStartOptions, type ResolvedActorStart, resolveActorStart } from "./actor-start-options.ts";
import { authorizeLoad, type GivenModule, verifyForStart } from "./admission.ts";
import type { CoreServices } from "./core-services.ts";
import type { ActorDescription } from "./description.ts";
import { checkHealth } from "./health.ts";
import { hostStopped } from "./host-stopped.ts";
import { ANONYMOUS, describeActor, healthOf, type RunningActor } from "./running-actor.ts";
import { checkUpdate, requireUpdates, type UpdatePolicy } from "./update-policy.ts";

/** Starts, keeps and stops the actors of a host. Protocol section 6.3. */
export class ActorManager {
  readonly #services: CoreServices;
  readonly #policy: UpdatePolicy;
  readonly #running = new Map<string, RunningActor>();
  /** Keys whose start is under way. */
  readonly #starting = new Set<string>();
  /** Actors that are given time for the call they serve. */
  readonly #stopping = new Set<Actor>();
  #closed = false;

  constructor(services: CoreServices, policy: UpdatePolicy) {
    this.#services = services;
    this.#policy = policy;
  }

  /**
   * Verifies a module and starts it. Until this resolves nothing is listed or callable; if it rejects nothing is left.
   *
   * @throws HostError why the module was refused or did not start.
   */
  async start(module: GivenModule, options: ActorStartOptions = {}): Promise<ActorDescription> {
    const { limits, events, counters } = this.#services;
    const { reference } = options;
    let claims: ActorClaims | undefined;
    try {
      const start = resolveActorStart(options, limits);
      const verified = await verifyForStart(module, this.#services);
      claims = verified.claims;
      return await this.#startVerified(verified, start);
    } catch (error) {
      counters.add("actors.start_failed");
      const actor = claims?.subject ?? reference ?? "unknown module";
      const name = claims === undefined ? actor : (claims.name ?? ANONYMOUS);
      events.emit({ type: "actor_failed", actor, name, error: toErrorRecord(error) });
      throw asHostError(error);
    }
  }

  /** Tells that a module could not even be fetched, so that a failed start is seen however it came about. */
  reportFetchFailure(reference: string, error: HostError): void {
    this.#services.counters.add("actors.start_failed");
    const { events } = this.#services;
    events.emit({ type: "actor_failed", actor: reference, name: reference, error: toErrorRecord(error) });
  }

  /**
   * Replaces the module of a running actor by a higher revision. Calls wait meanwhile and none is lost. If it rejects,
   * the module before runs on. Protocol section 6.5; unlike there, nothing is announced before all is verified.
   *
   * @param reference - where the new module came from.
   * @throws HostError `actor.not_running`, `actor.update_refused`, `actor.updating`, and as {@link start}.
   */
  async update(key: string, module: GivenModule, reference?: string): Promise<ActorDescription> {
    let running: RunningActor;
    try {
      running = this.requireUpdatable(key);
      running.updating = true;
      try {
        await this.#replace(running, module, reference);
      } finally {
        running.updating = false;
      }
    } catch (error) {
      this.reportUpdateFailure(key, error);
      throw asHostError(error);
    }
    return describeActor(running);
  }

  /** @throws HostError `actor.not_running`, `actor.update_refused`, `actor.updating`. */
  requireUpdatable(key: string): RunningActor {
    const running = this.#running.get(key);
    if (running === undefined) {
      const message = `Actor ${key} not found on this host, live update aborted.`;
      throw new HostError("actor.not_running", message, { details: { actor: key } });
    }
    requireUpdates(this.#policy);
    if (running.updating) throw new HostError("actor.updating", `Actor ${key} is being updated already`);
    return running;
  }

  /** Tells that an update came to nothing, so that it is seen however it came about. */
  reportUpdateFailure(key: string, error: unknown): void {
    const { counters, events } = this.#services;
    counters.add("actors.update_failed");
    const name = this.#running.get(key)?.actor.claims.name ?? key;
    events.emit({ type: "actor_update_failed", actor: key, name, error: toErrorRecord(error) });
  }

  /**
   * Stops an actor: no more calls reach it, the one it serves is given until its deadline.
   *
   * @throws HostError `actor.not_running`.
   */
  async stop(key: string): Promise<void> {
    const running = this.#require(key);
    const { cache, dispatcher, events } = this.#services;
    this.#running.delete(key);
    // Before anything is waited for: the actor may be started again meanwhile.
    cache.releaseClaims(key);
    this.#stopping.add(running.actor);
    try {
      await dispatcher.unregister({ kind: "actor", id: key });
      await running.actor.stop(this.#services.limits.callDeadlineMs);
    } finally {
      this.#stopping.delete(running.actor);
    }
    events.emit({ type: "actor_stopped", actor: key, name: running.actor.claims.name ?? ANONYMOUS });
  }

  /** Stops all without waiting for their calls; what is being started is stopped as soon as it has. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#running.values()].map(({ actor }) => actor);
    this.#running.clear();
    await Promise.all(
      all.map((actor) => this.#services.dispatcher.unregister({ kind: "actor", id: actor.key })),
    );
    await Promise.all([...all, ...this.#stopping].map((actor) => actor.stop()));
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  /** Claims of the running actors, in order of their start. */
  claims(): ActorClaims[] {
    return [...this.#running.values()].map(({ actor }) => actor.claims);
  }

  describe(): ActorDescription[] {
    return [...this.#running.values()].map(describeActor);
  }

  /** @throws HostError `actor.not_running`. */
  log(key: string): LogRecord[] {
    return this.#require(key).log.records();
  }

  /** Asks every actor for its health, all at once. Protocol section 9.1. */
  async checkHealth(): Promise<[key: string, state: RunState][]> {
    const { limits, now } = this.#services;
    return Promise.all(
      [...this.#running.values()].map(async (running): Promise<[string, RunState]> => {
        const context = {
          chain: [],
          deadline: now() + limits.callDeadlineMs,
          maxWaitMs: limits.healthTimeoutMs,
        };
        const { state } = await checkHealth(running.actor.health(context), limits.healthTimeoutMs);
        running.health = state;
        return [running.actor.key, healthOf(running)];
      }),
    );
  }

  async #startVerified(verified: VerifiedModule, start: ResolvedActorStart): Promise<ActorDescription> {
    const { claims } = verified;
    const key = claims.subject;
    if (this.#running.has(key) || this.#starting.has(key)) {
      throw new HostError("actor.already_running", `Cannot start already running actor ${key}`, {
        hint: "Stop it first.",
      });
    }
    this.#starting.add(key);
    try {
      await authorizeLoad(claims, this.#services);
      const running = await this.#runWithClaims(verified, start);
      this.#announce(running);
      return describeActor(running);
    } finally {
      this.#starting.delete(key);
    }
  }

  async #replace(running: RunningActor, module: GivenModule, reference: string | undefined): Promise<void> {
    const { actor } = running;
    const { key, claims: old } = actor;
    const { events } = this.#services;
    const verified = await verifyForStart(module, this.#services);
    const { claims } = verified;
    checkUpdate(old, claims, this.#policy);
    await authorizeLoad(claims, this.#services);
    const change = {
      actor: key,
      name: claims.name ?? ANONYMOUS,
      oldRevision: old.revision,
      newRevision: claims.revision,
    };
    events.emit({ type: "actor_update_began", ...change });
    await actor.update(verified);
    running.reference = reference;
    this.#tellClaims(running);
    events.emit({
      type: "actor_update_completed",
      ...change,
      ...(reference === undefined ? {} : { reference }),
    });
  }

  /** Its start functions may call out, so its claims are known meanwhile; they are not announced before it runs. */
  async #runWithClaims(verified: VerifiedModule, start: ResolvedActorStart): Promise<RunningActor> {
    const takeBack = this.#services.cache.lendClaims(verified.claims);
    try {
      const running = await this.#run(verified, start);
      if (!this.#closed) return running;
      await running.actor.stop();
      throw hostStopped();
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  async #run(verified: VerifiedModule, start: ResolvedActorStart): Promise<RunningActor> {
    const { runtime, budget, dispatcher, now, events, logger, counters } = this.#services;
    const { subject: key, name = ANONYMOUS } = verified.claims;
    const log = new RingBufferSink();
    const actorLog = new Logger([log], `actor ${name}`, now);
    const actor = await Actor.start(verified, {
      runtime,
      budget,
      onHostCall: (request, context) => dispatcher.hostCall(key, request, context),
      onLog: (text) => actorLog.info(text),
      onFailure: (error) => {
        counters.add("actors.instances_lost");
        counters.add(`actors.lost.${error.code}`);
        actorLog.error(`The instance was thrown away: ${error.message}`, { code: error.code });
        logger.warn(`Actor ${name} lost its instance: ${error.message}`, { actor: key, code: error.code });
        events.emit({ type: "actor_failed", actor: key, name, error: toErrorRecord(error) });
      },
      now,
      placement: start.placement,
      instances: start.instances,
      stay: start.stay,
      deadlineMs: start.callDeadlineMs,
      maxPayloadBytes: start.payloadBytes,
      maxMemoryBytes: start.memoryBytes,
      queueLength: start.queueLength,
    });
    return {
      actor,
      log,
      startedAt: now(),
      reference: start.reference,
      updating: false,
      health: { state: "running" },
    };
  }

  #announce(running: RunningActor): void {
    const { actor, reference } = running;
    const { dispatcher, events, now } = this.#services;
    this.#running.set(actor.key, running);
    dispatcher.register(actorTarget(actor, now));
    this.#tellClaims(running);
    events.emit({
      type: "actor_started",
      actor: actor.key,
      name: actor.claims.name ?? ANONYMOUS,
      ...(reference === undefined ? {} : { reference }),
    });
  }

  /** Makes an actor's claims, alias and reference known, here and to the lattice. */
  #tellClaims({ actor: { claims, key }, reference }: RunningActor): void {
    const { cache, announce, logger } = this.#services;
    cache.putClaims(claims, "verified");
    if (reference !== undefined) cache.putReference(reference, key);
    if (claims.callAlias !== undefined && !cache.claimAlias(claims.callAlias, key)) {
      logger.warn(`Cannot put call alias, ${claims.callAlias} is already claimed`, { actor: key });
    }
    announce((rpc) => rpc.announceClaims(claims));
  }

  #require(key: string): RunningActor {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    throw new HostError("actor.not_running", "Actor is not running on this host", {
      details: { actor: key },
    });
  }
}
