import { entityKey, type ProviderEntity } from "../claims/index.ts";
import { DEFAULT_LINK_NAME, providerTarget } from "../dispatch/index.ts";
import { asHostError, HostError, messageOf, toErrorRecord } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import { isPublicKey } from "../keys/index.ts";
import { checkLinkName } from "../lattice/index.ts";
import { type CapabilityProvider, type ProviderDescriptor, ProviderInstance } from "../providers/index.ts";
import type { CoreServices } from "./core-services.ts";
import type { ProviderDescription } from "./description.ts";
import { checkHealth } from "./health.ts";

/** A provider to start. */
export interface ProviderStart {
  readonly descriptor: ProviderDescriptor;
  readonly provider: CapabilityProvider;
  /** Default `default`. */
  readonly linkName?: string;
  readonly reference?: string;
  /** Offered to other hosts; default true. */
  readonly onLattice?: boolean;
}

interface RunningProvider {
  readonly instance: ProviderInstance;
  readonly startedAt: number;
  health: RunState;
}

/** Starts, keeps and stops the providers of a host. Protocol section 7.1. */
export class ProviderManager {
  readonly #services: CoreServices;
  readonly #running = new Map<string, RunningProvider>();

  constructor(services: CoreServices) {
    this.#services = services;
  }

  /** @throws HostError `provider.already_running`, `keys.invalid`, `link.invalid`, or what the provider throws. */
  start(start: ProviderStart): ProviderInstance {
    const { descriptor, provider, reference, onLattice } = start;
    const linkName = start.linkName?.trim() || DEFAULT_LINK_NAME;
    checkLinkName(linkName);
    if (!isPublicKey(descriptor.id, "service")) {
      throw new HostError("keys.invalid", `"${descriptor.id}" is not the public key of a provider`);
    }
    if (this.find(descriptor.id, linkName) !== undefined) {
      throw new HostError(
        "provider.already_running",
        `Cannot start already running provider ${descriptor.id}`,
        {
          hint: "Stop it first, or start this one under another link name.",
        },
      );
    }
    const { dispatcher, limits, now, events, cache } = this.#services;
    const entity: ProviderEntity = {
      kind: "provider",
      id: descriptor.id,
      contractId: descriptor.contractId,
      linkName,
    };
    const instance = new ProviderInstance({
      descriptor,
      provider,
      linkName,
      dispatcher: {
        dispatch: (actor, operation, payload) =>
          dispatcher.callFromProvider(entity, actor, operation, payload),
      },
      ...(reference === undefined ? {} : { reference }),
      ...(onLattice === undefined ? {} : { onLattice }),
      deadlineMs: limits.callDeadlineMs,
    });
    this.#running.set(entityKey(entity), { instance, startedAt: now(), health: { state: "running" } });
    if (reference !== undefined) cache.putReference(reference, descriptor.id);
    dispatcher.register(providerTarget(instance, now));
    events.emit({
      type: "provider_started",
      provider: descriptor.id,
      contractId: descriptor.contractId,
      linkName,
      name: descriptor.name,
      ...(reference === undefined ? {} : { reference }),
    });
    return instance;
  }

  /**
   * Stops a provider after it was told to forget its actors.
   *
   * @throws HostError `provider.not_running`.
   */
  async stop(id: string, linkName: string): Promise<void> {
    const instance = this.find(id, linkName);
    if (instance === undefined) {
      throw new HostError("provider.not_running", `Provider ${id}/${linkName} is not running on this host`);
    }
    await this.#end(instance);
    const { contractId, name } = instance.descriptor;
    this.#services.events.emit({ type: "provider_stopped", provider: id, contractId, linkName, name });
  }

  /**
   * Removes a provider that failed; nothing happens if it is gone already.
   *
   * @param start - what it was started by.
   */
  fail(
    { descriptor: { id, contractId, name }, linkName = DEFAULT_LINK_NAME }: ProviderStart,
    error: HostError,
  ): void {
    const instance = this.find(id, linkName);
    if (instance === undefined) return;
    const { events, counters, logger } = this.#services;
    counters.add("providers.failed");
    logger.error(`Provider ${name} failed and was removed: ${error.message}`, {
      provider: id,
      code: error.code,
    });
    events.emit({ type: "provider_failed", provider: id, linkName, name, error: toErrorRecord(error) });
    this.#end(instance).then(
      () => events.emit({ type: "provider_stopped", provider: id, contractId, linkName, name }),
      (reason: unknown) => logger.error(`Provider ${name} could not be removed: ${messageOf(reason)}`),
    );
  }

  /** Tells that a provider did not start, so that it is seen however it came about. */
  reportStartFailure(reference: string, linkName: string | undefined, error: unknown): void {
    const { events, counters } = this.#services;
    counters.add("providers.start_failed");
    events.emit({
      type: "provider_failed",
      provider: reference,
      linkName: linkName?.trim() || DEFAULT_LINK_NAME,
      name: reference,
      error: toErrorRecord(error),
    });
  }

  /** Stops all. */
  async close(): Promise<void> {
    await Promise.all(this.instances().map((instance) => this.#end(instance)));
  }

  /** The provider with this key under this link name. */
  find(id: string, linkName: string): ProviderInstance | undefined {
    return this.instances().find(
      (instance) => instance.descriptor.id === id && instance.linkName === linkName,
    );
  }

  instances(): ProviderInstance[] {
    return [...this.#running.values()].map(({ instance }) => instance);
  }

  describe(): ProviderDescription[] {
    return [...this.#running.values()].map(({ instance, startedAt, health }) => ({
      id: instance.descriptor.id,
      contractId: instance.descriptor.contractId,
      linkName: instance.linkName,
      name: instance.descriptor.name,
      revision: instance.descriptor.revision ?? 0,
      ...(instance.descriptor.version === undefined ? {} : { version: instance.descriptor.version }),
      ...(instance.reference === undefined ? {} : { reference: instance.reference }),
      startedAt,
      health,
      boundActors: instance.boundActors,
      onLattice: instance.onLattice,
    }));
  }

  /** Asks every provider for its health, all at once. Protocol section 9.1. */
  async checkHealth(): Promise<[key: string, state: RunState][]> {
    const { healthTimeoutMs } = this.#services.limits;
    return Promise.all(
      [...this.#running.values()].map(async (running): Promise<[string, RunState]> => {
        running.health = await checkHealth(running.instance.health(healthTimeoutMs * 2), healthTimeoutMs);
        return [running.instance.descriptor.id, running.health];
      }),
    );
  }

  async #end(instance: ProviderInstance): Promise<void> {
    this.#running.delete(entityKey(instance.entity));
    await this.#services.dispatcher.unregister(instance.entity);
    await Promise.all(
      instance.boundActors.map((actor) =>
        instance.remove(actor).catch((error: unknown) => {
          this.#services.logger.warn(`Provider failed to handle remove actor message: ${messageOf(error)}`, {
            provider: instance.descriptor.id,
            code: asHostError(error).code,
          });
        }),
      ),
    );
    await instance.stop();
  }
}
