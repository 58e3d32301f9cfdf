import { entityKey, type ProviderEntity } from "../claims/index.ts";
import { DEFAULT_LINK_NAME, providerTarget } from "../dispatch/index.ts";
import { asHostError, HostError, messageOf, toErrorRecord } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import { isPublicKey } from "../keys/index.ts";
import { checkLinkName } from "../lattice/index.ts";
import {
  type CapabilityProvider,
  type ProviderAuthority,
  type ProviderDescriptor,
  ProviderInstance,
} from "../providers/index.ts";
import type { CoreServices } from "./core-services.ts";
import type { ProviderDescription } from "./description.ts";
import { checkHealth } from "./health.ts";
import { RunningProvider } from "./running-provider.ts";

/** A provider to start. */
export interface ProviderStart {
  readonly descriptor: ProviderDescriptor;
  readonly provider: CapabilityProvider;
  /** What a provider from an archive was granted; for inventories. */
  readonly authority?: ProviderAuthority;
  /** Default `default`. */
  readonly linkName?: string;
  readonly reference?: string;
  /** Offered to other hosts; default true. */
  readonly onLattice?: boolean;
}

/** Starts, keeps and stops the providers of a host. Protocol section 7.1. */
export class ProviderManager {
  readonly #services: CoreServices;
  readonly #running = new Map<string, RunningProvider>();
  readonly #ending = new Set<Promise<void>>();

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
    const instance: ProviderInstance = new ProviderInstance({
      descriptor,
      provider,
      linkName,
      dispatcher: {
        dispatch: async (actor, operation, payload) => {
          // What came as an archive has no business with actors that nobody linked to it.
          if (start.authority !== undefined && !instance.isTold(actor)) throw notLinked(descriptor.name);
          return dispatcher.callFromProvider(entity, actor, operation, payload);
        },
      },
      ...(reference === undefined ? {} : { reference }),
      ...(onLattice === undefined ? {} : { onLattice }),
      deadlineMs: limits.callDeadlineMs,
    });
    this.#running.set(entityKey(entity), new RunningProvider(instance, now(), start.authority));
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
    { descriptor, linkName = DEFAULT_LINK_NAME }: Pick<ProviderStart, "descriptor" | "linkName">,
    error: HostError,
  ): void {
    const instance = this.find(descriptor.id, linkName);
    if (instance !== undefined) void this.#remove(instance, error);
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

  /** Stops all, and waits for those that are being removed. */
  async close(): Promise<void> {
    await Promise.all([...this.instances().map((instance) => this.#end(instance)), ...this.#ending]);
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
    return [...this.#running.values()].map((running) => running.describe());
  }

  /** Asks every provider for its health, all at once. Protocol section 9.1. */
  async checkHealth(): Promise<[key: string, state: RunState][]> {
    const states = await Promise.all([...this.#running].map(([key, running]) => this.#check(key, running)));
    return states.flat();
  }

  /**
   * Stops and removes those that said at the last check that they are unhealthy, and those that missed too many checks
   * in a row. Their links are kept.
   */
  async removeUnhealthy(): Promise<void> {
    const { healthMisses } = this.#services.limits;
    await Promise.all(
      [...this.#running.values()].map((running) => {
        const reason = running.verdict(healthMisses);
        return reason === undefined ? undefined : this.#remove(running.instance, reason);
      }),
    );
  }

  async #check(key: string, running: RunningProvider): Promise<[string, RunState][]> {
    const { instance } = running;
    const { healthTimeoutMs } = this.#services.limits;
    const report = await checkHealth(instance.health(healthTimeoutMs * 2), healthTimeoutMs);
    // It was stopped meanwhile.
    if (this.#running.get(key) !== running) return [];
    const { id, name } = instance.descriptor;
    if (running.take(report) && running.health.state === "unhealthy") {
      const { linkName } = instance;
      const { reason } = running.health;
      this.#services.events.emit({ type: "provider_unhealthy", provider: id, linkName, name, reason });
    }
    return [[id, running.health]];
  }

  /** Ends a provider that does not do what it should, and tells why. Never rejects. */
  async #remove(instance: ProviderInstance, error: HostError): Promise<void> {
    const { events, counters, logger } = this.#services;
    const { descriptor, linkName } = instance;
    const { id, contractId, name } = descriptor;
    counters.add("providers.failed");
    logger.error(`Provider ${name} failed and was removed: ${error.message}`, {
      provider: id,
      code: error.code,
    });
    events.emit({ type: "provider_failed", provider: id, linkName, name, error: toErrorRecord(error) });
    const end = this.#end(instance).then(
      () => events.emit({ type: "provider_stopped", provider: id, contractId, linkName, name }),
      (reason: unknown) => logger.error(`Provider ${name} could not be removed: ${messageOf(reason)}`),
    );
    this.#ending.add(end);
    await end;
    this.#ending.delete(end);
  }

  async #end(instance: ProviderInstance): Promise<void> {
    this.#running.delete(entityKey(instance.entity));
    await this.#services.dispatcher.unregister(instance.entity);
    await Promise.all(
      instance.toldActors.map((actor) =>
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

function notLinked(name: string): HostError {
  return new HostError("provider.denied", `Provider ${name} may only call actors that are linked to it`);
}
