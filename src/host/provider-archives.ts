import {
  type ProviderArchive,
  readProviderArchive,
  type SelectedTarget,
  selectTarget,
} from "../claims/index.ts";
import { asHostError, HostError } from "../errors/index.ts";
import {
  type BuiltInProvider,
  type GrantedServices,
  type GuestPlace,
  type PortableProvider,
  type ProviderGrants,
  type ProviderRuntime,
  type ProviderStartOptions,
  WASM_TARGET,
  WasmProvider,
} from "../providers/index.ts";
import type { Logger } from "../telemetry/index.ts";
import type { Limits } from "./limits.ts";
import type { ProviderGranting } from "./provider-granting.ts";
import type { ProviderStart } from "./provider-manager.ts";

/** What is reported for providers whose claims have no name. Protocol section 1.4. */
const UNNAMED = "Unnamed Provider";

/** What {@link ProviderArchives} work with. */
export interface ProviderArchivesOptions {
  /** Absent where this environment runs no code of archives. */
  readonly runtime: ProviderRuntime | undefined;
  /** Where those that are guests run. */
  readonly guests: GuestPlace;
  /** Offered in place of archives that cannot run here. */
  readonly builtIn: readonly BuiltInProvider[];
  readonly granting: ProviderGranting;
  readonly limits: Limits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** A provider whose code runs, as it is to be registered. It must be stopped if it is not. */
export type OpenedProvider = Pick<ProviderStart, "descriptor" | "provider" | "authority">;

/** What an archive is opened with. */
export interface OpenOptions {
  /** Absent: the host's policy decides. */
  readonly grants?: ProviderGrants;
  /** Called if the provider fails later; it is gone then. */
  readonly onFailure: (error: HostError) => void;
}

/** Turns signed archives into providers that run. Protocol section 7.1. */
export class ProviderArchives {
  readonly #options: ProviderArchivesOptions;

  constructor(options: ProviderArchivesOptions) {
    this.#options = options;
  }

  /**
   * Verifies an archive and starts its best target.
   *
   * @throws HostError `archive.…`, `jwt.…`, `claims.…`, `host.unsupported` where archives cannot run,
   *   `provider.not_granted` for one that asks for more than it is granted, `provider.…`.
   */
  async open(archive: Uint8Array, { grants, onFailure }: OpenOptions): Promise<OpenedProvider> {
    const { limits, now, logger, granting } = this.#options;
    this.#requireRuntime();
    const read = await readProviderArchive(archive, {
      now: Math.floor(now() / 1_000),
      maxBytes: limits.moduleBytes,
    });
    const { claims } = read;
    const name = claims.name ?? UNNAMED;
    const selected = this.#select(read);
    const services = granting.services(read, grants, name);
    logger.debug(`Provider ${name} runs by its target ${selected.target}`, { provider: claims.subject });
    const provider = await this.#run(read, selected, { name, services, onFailure });
    const descriptor = {
      id: claims.subject,
      contractId: claims.contractId,
      name,
      vendor: claims.vendor,
      ...(claims.revision === undefined ? {} : { revision: claims.revision }),
      ...(claims.version === undefined ? {} : { version: claims.version }),
    };
    return { descriptor, provider, authority: services.authority };
  }

  /** Starts the code of a target in a worker of its own. */
  #run(
    archive: ProviderArchive,
    { target, bytes }: SelectedTarget,
    start: Pick<ProviderStartOptions, "name" | "onFailure"> & { readonly services: GrantedServices },
  ): Promise<PortableProvider> {
    const { limits, logger, guests } = this.#options;
    const scope = logger.scoped(`provider ${start.name}`);
    const options = {
      ...start,
      name: `${start.name} ${archive.claims.subject}`,
      onLog: (text: string) => scope.info(text),
      maxPayloadBytes: limits.payloadBytes,
      maxPending: limits.queueLength,
      callMs: limits.callDeadlineMs,
    };
    if (target === WASM_TARGET) return WasmProvider.start({ ...guests, ...options, archive, module: bytes });
    const dispatchMs = limits.callDeadlineMs;
    return this.#requireRuntime().start(bytes, { ...options, dispatchMs });
  }

  #requireRuntime(): ProviderRuntime {
    const { runtime } = this.#options;
    if (runtime !== undefined) return runtime;
    throw new HostError("host.unsupported", "Provider archives do not run in this environment", {
      hint: "It runs the host's own providers only.",
    });
  }

  /** @throws HostError `archive.no_target`, which names the targets that there are, and what there is instead. */
  #select(archive: ProviderArchive): SelectedTarget {
    try {
      return selectTarget(archive, [...this.#requireRuntime().targets, WASM_TARGET]);
    } catch (error) {
      const { code, message, hint = "", details } = asHostError(error);
      const { contractId } = archive.claims;
      const same = this.#options.builtIn.filter(({ descriptor }) => descriptor.contractId === contractId);
      if (same.length === 0) throw error;
      const names = same.map(({ name }) => name).join(" or ");
      throw new HostError(code, message, {
        hint: `${hint} This host has ${contractId} of its own: start ${names}.`.trim(),
        ...(details === undefined ? {} : { details }),
        cause: error,
      });
    }
  }
}
