import { type ProviderArchive, readProviderArchive, selectTarget } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import type { ProviderRuntime } from "../providers/index.ts";
import type { Logger } from "../telemetry/index.ts";
import type { Limits } from "./limits.ts";
import type { ProviderStart } from "./provider-manager.ts";

/** What is reported for providers whose claims have no name. Protocol section 1.4. */
const UNNAMED = "Unnamed Provider";

/** What {@link ProviderArchives} work with. */
export interface ProviderArchivesOptions {
  /** Absent where this environment runs no code of archives. */
  readonly runtime: ProviderRuntime | undefined;
  readonly limits: Limits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** A provider whose code runs, as it is to be registered. It must be stopped if it is not. */
export type OpenedProvider = Pick<ProviderStart, "descriptor" | "provider">;

/** Turns signed archives into providers that run. Protocol section 7.1. */
export class ProviderArchives {
  readonly #options: ProviderArchivesOptions;

  constructor(options: ProviderArchivesOptions) {
    this.#options = options;
  }

  /**
   * Verifies an archive and starts its best target.
   *
   * @param onFailure - called if the provider fails later; it is gone then.
   * @throws HostError `archive.…`, `jwt.…`, `claims.…`, `host.unsupported` where archives cannot run, `provider.…`.
   */
  async open(archive: Uint8Array, onFailure: (error: HostError) => void): Promise<OpenedProvider> {
    const { runtime, limits, now, logger } = this.#options;
    const read = await readProviderArchive(archive, {
      now: Math.floor(now() / 1_000),
      maxBytes: limits.moduleBytes,
    });
    const { claims } = read;
    const name = claims.name ?? UNNAMED;
    if (runtime === undefined) throw notHere(read, name);
    const { target, bytes } = selectTarget(read, runtime.targets);
    logger.debug(`Provider ${name} runs by its target ${target}`, { provider: claims.subject });
    const scope = logger.scoped(`provider ${name}`);
    const provider = await runtime.start(bytes, {
      name: `${name} ${claims.subject}`,
      onFailure,
      onLog: (text) => scope.info(text),
      maxPayloadBytes: limits.payloadBytes,
      maxPending: limits.queueLength,
      callMs: limits.callDeadlineMs,
      dispatchMs: limits.callDeadlineMs,
    });
    const descriptor = {
      id: claims.subject,
      contractId: claims.contractId,
      name,
      vendor: claims.vendor,
      ...(claims.revision === undefined ? {} : { revision: claims.revision }),
      ...(claims.version === undefined ? {} : { version: claims.version }),
    };
    return { descriptor, provider };
  }
}

function notHere({ targets }: ProviderArchive, name: string): HostError {
  return new HostError("host.unsupported", `The archive of provider ${name} cannot run on this host`, {
    hint: `It holds ${[...targets.keys()].join(", ")}. This environment runs built-in providers only.`,
  });
}
