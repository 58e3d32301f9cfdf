import { Actor, type ActorRuntime, type CallContext, type InstanceBudget } from "../../actors/index.ts";
import type { ProviderArchive } from "../../claims/index.ts";
import {
  CORE_OPERATIONS,
  decodeCapabilityConfiguration,
  encodeHealthResponse,
  providerSocketContract,
} from "../../contracts/index.ts";
import { asHostError, HostError, messageOf } from "../../errors/index.ts";
import { within } from "../../time/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../../wapc/index.ts";
import type { GrantedServices } from "../authority/granted-services.ts";
import type { ProviderDispatcher } from "../capability-provider.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import type { PortableProvider } from "../portable/provider-runtime.ts";
import { GuestServices } from "./guest-services.ts";

/** The target of an archive that holds a waPC guest. Contracts section 5.7. */
export const WASM_TARGET = "wasm32-wapc";

/** Where a host's guests run, and how much they may take. */
export interface GuestPlace {
  readonly runtime: ActorRuntime;
  readonly budget: InstanceBudget;
  readonly maxMemoryBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a wasm provider is started with. */
export interface WasmProviderOptions extends GuestPlace {
  /** The archive, which was verified. */
  readonly archive: ProviderArchive;
  /** The bytes of its target. */
  readonly module: Uint8Array;
  readonly name: string;
  readonly services: GrantedServices;
  /** Takes a line of the guest's console. */
  readonly onLog: (text: string) => void;
  readonly maxPayloadBytes: number;
  /** Calls that may wait. */
  readonly maxPending: number;
  /** Milliseconds for one call of the guest, and for one host call of it. */
  readonly callMs: number;
}

const SYSTEM = "system";

/**
 * A provider that is a waPC guest, in the sandbox of an actor. Operations come to the guest as they come to an actor's;
 * one at a time, so that it can keep what it knows of its links in its memory. If its instance is lost, the next one is
 * told of all links again before anything else.
 */
export class WasmProvider implements PortableProvider {
  readonly #options: WasmProviderOptions;
  readonly #services: GuestServices;
  readonly #turns: KeyedQueue;
  /** What the guest was told of each linked actor. */
  readonly #links = new Map<string, Uint8Array>();
  #actor: Actor | undefined;
  #dispatcher: ProviderDispatcher | undefined;
  #caller = SYSTEM;
  #busy = 0;
  #isLost = false;
  #ended: HostError | undefined;

  private constructor(options: WasmProviderOptions) {
    this.#options = options;
    this.#turns = new KeyedQueue(options.maxPending);
    this.#services = new GuestServices({
      services: options.services,
      dispatch: (...call) => this.#dispatch(...call),
      caller: () => this.#caller,
      deliver: (operation, payload) => this.#deliver(operation, payload),
    });
  }

  /** @throws HostError `module.…`, `guest.…`, `actor.…`: why the guest does not start. Nothing is left running then. */
  static async start(options: WasmProviderOptions): Promise<WasmProvider> {
    const provider = new WasmProvider(options);
    try {
      await provider.#start();
    } catch (error) {
      options.services.close();
      throw error;
    }
    return provider;
  }

  get ended(): HostError | undefined {
    return this.#ended;
  }

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.#dispatcher = dispatcher;
  }

  async handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    if (this.#ended !== undefined) throw this.#ended;
    // An actor must not pose as the other end of a WebSocket.
    if (origin !== SYSTEM && Object.hasOwn(providerSocketContract.deliveries, operation)) {
      throw new HostError("provider.unknown_operation", "bad dispatch", {
        hint: `${operation} is for the host alone.`,
      });
    }
    // What serves a call is alive: its deadline ends it if it is stuck. The check would only wait behind it.
    if (operation === CORE_OPERATIONS.health && this.#busy > 0) {
      return encodeHealthResponse({ healthy: true, message: "" });
    }
    const { callMs, now, name } = this.#options;
    const latest = now() + callMs;
    this.#busy++;
    try {
      return await this.#turns.run(["guest"], async () => {
        if (now() >= latest) {
          throw new HostError("provider.deadline", `Provider ${name} was busy for ${callMs} ms`);
        }
        if (this.#isLost) await this.#tellLinks();
        const answer = await this.#call(origin, operation, payload);
        this.#note(operation, payload);
        return answer;
      });
    } finally {
      this.#busy--;
    }
  }

  async stop(): Promise<void> {
    this.#ended ??= new HostError("provider.not_running", `Provider ${this.#options.name} was stopped`);
    this.#options.services.close();
    await this.#actor?.stop();
  }

  async #start(): Promise<void> {
    const { archive, module, name, runtime, budget, maxMemoryBytes, maxPayloadBytes, callMs } = this.#options;
    const { subject, issuer, tokenId, issuedAt, revision, targetHashes } = archive.claims;
    const verified = {
      token: archive.token,
      bytes: module,
      claims: {
        ...{ subject, issuer, tokenId, issuedAt, name, revision },
        moduleHash: targetHashes[WASM_TARGET] ?? "",
        tags: [],
        capabilities: [],
        isProvider: true,
      },
    };
    this.#actor = await Actor.start(verified, {
      runtime,
      budget,
      maxMemoryBytes,
      maxPayloadBytes,
      onHostCall: (request, context) => this.#hostCall(request, context),
      onLog: this.#options.onLog,
      onFailure: (error) => this.#lose(error),
      now: this.#options.now,
      placement: "isolated",
      instances: 1,
      stay: true,
      deadlineMs: callMs,
      queueLength: 1,
    });
  }

  async #call(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const { now, callMs, name } = this.#options;
    if (this.#actor === undefined || this.#ended !== undefined) throw this.#ended ?? notStarted(name);
    this.#caller = origin;
    try {
      const context = { chain: [], deadline: now() + callMs };
      return await this.#actor.call(operation, payload.slice(), context);
    } catch (error) {
      const { code, message } = asHostError(error);
      if (this.#ended !== undefined) throw this.#ended;
      if (code !== "actor.deadline") throw error;
      const text = `Provider ${name} did not answer ${operation} within ${callMs} ms`;
      throw new HostError("provider.deadline", text, { cause: new Error(message) });
    } finally {
      this.#caller = SYSTEM;
    }
  }

  async #hostCall(request: HostCallRequest, { deadline }: CallContext): Promise<HostCallAnswer> {
    const late = (): HostError =>
      new HostError("provider.deadline", `${request.namespace} did not answer ${request.operation} in time`);
    try {
      const answer = (async () => this.#services.answer(request))();
      const payload = await within(answer, Math.max(1, deadline - this.#options.now()), late);
      return { ok: true, payload };
    } catch (error) {
      return { ok: false, message: messageOf(error) };
    }
  }

  async #deliver(operation: string, payload: Uint8Array): Promise<void> {
    try {
      await this.handleCall(SYSTEM, operation, payload);
    } catch (error) {
      if (this.#ended === undefined) this.#options.onLog(`${operation} failed: ${messageOf(error)}`);
    }
  }

  async #dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    if (this.#dispatcher === undefined) throw notStarted(this.#options.name);
    return this.#dispatcher.dispatch(actor, operation, payload);
  }

  /** What the guest had in its memory is gone, and with it who knew of its WebSockets. */
  #lose(error: HostError): void {
    this.#isLost = true;
    this.#options.services.endSockets();
    this.#options.onLog(`The instance was thrown away: ${error.message}`);
  }

  async #tellLinks(): Promise<void> {
    this.#isLost = false;
    for (const [actor, configuration] of this.#links) {
      try {
        await this.#call(SYSTEM, CORE_OPERATIONS.bind, configuration);
      } catch (error) {
        this.#options.onLog(`${actor} could not be linked again: ${messageOf(error)}`);
      }
    }
  }

  #note(operation: string, payload: Uint8Array): void {
    if (operation === CORE_OPERATIONS.bind) {
      this.#links.set(decodeCapabilityConfiguration(payload).module, payload.slice());
    } else if (operation === CORE_OPERATIONS.remove) {
      this.#links.delete(decodeCapabilityConfiguration(payload).module);
    }
  }
}

function notStarted(name: string): HostError {
  return new HostError("provider.not_running", `Provider ${name} has not been started yet`);
}
