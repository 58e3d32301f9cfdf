import { type ProviderEntity, SYSTEM_ACTOR } from "../claims/index.ts";
import { CORE_OPERATIONS, encodeCapabilityConfiguration, encodeHealthRequest } from "../contracts/index.ts";
import { HostError } from "../errors/index.ts";
import { within } from "../time/index.ts";
import type { CapabilityProvider, ProviderDescriptor, ProviderDispatcher } from "./capability-provider.ts";

/** How a provider is run. */
export interface ProviderInstanceOptions {
  readonly descriptor: ProviderDescriptor;
  readonly linkName: string;
  readonly provider: CapabilityProvider;
  readonly dispatcher: ProviderDispatcher;
  /** The image reference it was started from. */
  readonly reference?: string;
  /** Offered to other hosts; default true. */
  readonly onLattice?: boolean;
  /** Milliseconds a call may take. */
  readonly deadlineMs: number;
}

/** A running provider under one link name. Remembers which actors it was told about: that decides who is told of a removal. */
export class ProviderInstance {
  readonly descriptor: ProviderDescriptor;
  readonly linkName: string;
  readonly reference: string | undefined;
  readonly onLattice: boolean;
  readonly #provider: CapabilityProvider;
  readonly #deadlineMs: number;
  readonly #bound = new Set<string>();
  /** One that refused an actor, or took too long, may hold something for it all the same. */
  readonly #told = new Set<string>();
  #stopped = false;

  constructor(options: ProviderInstanceOptions) {
    this.descriptor = options.descriptor;
    this.linkName = options.linkName;
    this.reference = options.reference;
    this.onLattice = options.onLattice ?? true;
    this.#provider = options.provider;
    this.#deadlineMs = options.deadlineMs;
    options.provider.configureDispatch(options.dispatcher);
  }

  /** What answers; for the host alone. */
  get provider(): CapabilityProvider {
    return this.#provider;
  }

  get entity(): ProviderEntity {
    return {
      kind: "provider",
      id: this.descriptor.id,
      contractId: this.descriptor.contractId,
      linkName: this.linkName,
    };
  }

  /** Keys of the actors that it took as it was told about them last. */
  get boundActors(): readonly string[] {
    return [...this.#bound];
  }

  /** Keys of the actors it was told about, whether it took them or not, and not told to forget. */
  get toldActors(): readonly string[] {
    return [...this.#told];
  }

  /** Whether an actor is one of {@link toldActors}. */
  isTold(actor: string): boolean {
    return this.#told.has(actor);
  }

  /**
   * A call from an actor. Only the host itself may bind and remove, and does so by {@link bind} and {@link remove}.
   *
   * @throws HostError `provider.unknown_operation`, or what the provider throws, with its text unchanged.
   */
  call(origin: string, operation: string, payload: Uint8Array, deadlineMs: number): Promise<Uint8Array> {
    const reserved: readonly string[] = [CORE_OPERATIONS.bind, CORE_OPERATIONS.remove, CORE_OPERATIONS.halt];
    if (reserved.includes(operation)) {
      return Promise.reject(
        new HostError("provider.unknown_operation", "bad dispatch", {
          hint: `${operation} is for the host alone.`,
        }),
      );
    }
    return this.#call(origin, operation, payload, Math.min(deadlineMs, this.#deadlineMs));
  }

  /** Tells the provider about a linked actor. Protocol section 7.3. */
  async bind(actor: string, values: Readonly<Record<string, string>>): Promise<void> {
    const payload = encodeCapabilityConfiguration({ module: actor, values });
    this.#told.add(actor);
    try {
      await this.#call(SYSTEM_ACTOR, CORE_OPERATIONS.bind, payload, this.#deadlineMs);
      this.#bound.add(actor);
    } catch (error) {
      this.#bound.delete(actor);
      throw error;
    }
  }

  /** Tells the provider that an actor is no longer linked; nothing happens if it was not told about it. */
  async remove(actor: string): Promise<void> {
    if (!this.#told.delete(actor)) return;
    this.#bound.delete(actor);
    const payload = encodeCapabilityConfiguration({ module: actor, values: {} });
    await this.#call(SYSTEM_ACTOR, CORE_OPERATIONS.remove, payload, this.#deadlineMs);
  }

  /** The provider's raw answer to a health check. */
  health(deadlineMs: number): Promise<Uint8Array> {
    return this.#call(SYSTEM_ACTOR, CORE_OPERATIONS.health, encodeHealthRequest(), deadlineMs);
  }

  /** Stops the provider. Never throws; twice is fine. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    try {
      await within(this.#provider.stop(), this.#deadlineMs, noAnswer("stop", this.#deadlineMs));
    } catch {
      // A provider must not throw here, and one that does is gone all the same.
    }
  }

  async #call(
    origin: string,
    operation: string,
    payload: Uint8Array,
    deadlineMs: number,
  ): Promise<Uint8Array> {
    if (this.#stopped)
      throw new HostError("provider.not_running", `Provider ${this.descriptor.id} was stopped`);
    const answer = this.#provider.handleCall(origin, operation, payload);
    return within(answer, deadlineMs, noAnswer(operation, deadlineMs));
  }
}

function noAnswer(what: string, ms: number): () => HostError {
  return () => new HostError("provider.failure", `The provider did not answer ${what} within ${ms} ms`);
}
