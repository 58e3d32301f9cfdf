import { DurableObject } from "cloudflare:workers";
import { asHostError, HostError, messageOf } from "../../src/errors/index.ts";
import type { ActorDescription, HostDescription } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import { problemOf } from "../../src/providers/http/index.ts";
import type { HostCallRequest } from "../../src/wapc/index.ts";
import { problemResponse } from "../http/problem.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import type { ObjectState } from "../platform.ts";
import {
  type HostObjectApi,
  type HostTable,
  type ObjectHostCallAnswer,
  type Outcome,
  outcomeOf,
} from "./api.ts";
import { ObjectHost } from "./object-host.ts";

/** The class of a durable object that holds a host. */
export type HostObjectClass = new (
  state: ObjectState,
  environment: Readonly<Record<string, unknown>>,
) => HostObjectApi & { alarm(): Promise<void> };

/** Makes the class of the durable object for a configuration. */
export function hostObjectClass(options: ResolvedEdgeOptions): HostObjectClass {
  return class HostObject extends DurableObject<Readonly<Record<string, unknown>>> implements HostObjectApi {
    #started: ObjectHost | undefined;
    /** Why there is no host. An object that failed for good would be started again with every request. */
    #failure: HostError | undefined;

    constructor(state: ObjectState, environment: Readonly<Record<string, unknown>>) {
      super(state, environment);
      void state.blockConcurrencyWhile(async () => {
        try {
          const started = await ObjectHost.start({ state, environment, options });
          this.#started = started;
          state.onClose?.(() => started.close());
          await this.#keepAlarm();
        } catch (error) {
          this.#failure = asHostError(error);
          console.error(`The host did not start: ${messageOf(error)}`);
        }
      });
    }

    async fetch(request: Request): Promise<Response> {
      try {
        return this.#host().openSocket(new URL(request.url).searchParams);
      } catch (error) {
        return problemResponse(problemOf(error));
      }
    }

    table(): Promise<Outcome<HostTable>> {
      return outcomeOf(() => this.#host().table());
    }

    async hostCall(actor: string, request: HostCallRequest, ms: number): Promise<ObjectHostCallAnswer> {
      const object = this.#started;
      if (object === undefined) return { ok: false, message: this.#reason().message };
      const deadline = Date.now() + Math.max(1, ms);
      const answer = await object.host.answerHostCall(actor, request, { chain: [actor], deadline });
      return !answer.ok && object.isAdrift ? { ...answer, isAdrift: true } : answer;
    }

    module(hash: string): Promise<Outcome<Uint8Array>> {
      return outcomeOf(() => this.#host().module(hash));
    }

    dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Outcome<Uint8Array>> {
      return outcomeOf(() => this.#host().server.dispatch(actor, operation, payload));
    }

    call(actor: string, operation: string, payload: Uint8Array): Promise<Outcome<Uint8Array>> {
      return outcomeOf(() => this.#host().host.callActor(actor, operation, payload));
    }

    describe(): Promise<Outcome<HostDescription>> {
      return outcomeOf(async () => plain(await this.#host().host.describe()));
    }

    startActorFrom(reference: string): Promise<Outcome<ActorDescription>> {
      return outcomeOf(() => this.#host().host.startActorFrom(reference));
    }

    updateActorFrom(actor: string, reference: string): Promise<Outcome<ActorDescription>> {
      return outcomeOf(() => this.#host().host.updateActorFrom(actor, reference));
    }

    stopActor(actor: string): Promise<Outcome<void>> {
      return outcomeOf(() => this.#host().host.stopActor(actor));
    }

    startProviderFrom(reference: string, linkName?: string): Promise<Outcome<void>> {
      return outcomeOf(() => this.#host().host.startProviderFrom(reference, linkName));
    }

    stopProvider(id: string, linkName: string): Promise<Outcome<void>> {
      return outcomeOf(() => this.#host().host.stopProvider(id, linkName));
    }

    setLink(link: LinkDefinition): Promise<Outcome<void>> {
      return outcomeOf(() => this.#host().host.setLink(link));
    }

    removeLink(actorId: string, contractId: string, linkName: string): Promise<Outcome<void>> {
      return outcomeOf(() => this.#host().host.removeLink(actorId, contractId, linkName));
    }

    wake(): Promise<Outcome<void>> {
      return outcomeOf(async () => void this.#host());
    }

    /** Keeps the object awake, or wakes it, and tells the lattice that the host lives. */
    async alarm(): Promise<void> {
      // First, so that whatever happens below the next one comes.
      await this.#setAlarm();
      await this.#started?.beat();
    }

    /** An object that comes back often must not put off its heartbeats each time. */
    async #keepAlarm(): Promise<void> {
      const due = await this.ctx.storage.getAlarm();
      if (due === null || due > Date.now() + options.heartbeatMs) await this.#setAlarm();
    }

    async #setAlarm(): Promise<void> {
      if (this.#started?.hasLattice !== true) return;
      await this.ctx.storage.setAlarm(Date.now() + options.heartbeatMs);
    }

    #host(): ObjectHost {
      if (this.#started !== undefined) return this.#started;
      throw this.#reason();
    }

    #reason(): HostError {
      return this.#failure ?? new HostError("host.not_started", "The host has not been started");
    }
  };
}

/** Objects without a prototype, such as link values from the lattice, cannot leave an object. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
