import type { HostError } from "../../errors/index.ts";
import type { GrantedServices } from "../authority/granted-services.ts";
import type { CapabilityProvider, ProviderDispatcher } from "../capability-provider.ts";

/** Limits of a portable provider, all with defaults. */
export interface ProviderLimits {
  /** Bytes of one request or answer, either way. Default 16 MiB. */
  readonly maxPayloadBytes?: number;
  /** Calls that may wait for the provider at one time, and calls of the provider that may wait. Default 1,024. */
  readonly maxPending?: number;
  /** Milliseconds for the start. Default 10,000. */
  readonly startMs?: number;
  /** Milliseconds for one call of the provider. Default 10,000. */
  readonly callMs?: number;
  /** Milliseconds for one call of the provider to an actor. Default 10,000. */
  readonly dispatchMs?: number;
  /** Milliseconds that a provider which missed a deadline has to show that it is not stuck. Default 1,000. */
  readonly pingMs?: number;
  /** Milliseconds the provider has for its own `stop`. Default 2,000. */
  readonly stopMs?: number;
}

/** The defaults of {@link ProviderLimits}. */
export const DEFAULT_PROVIDER_LIMITS: Required<ProviderLimits> = Object.freeze({
  maxPayloadBytes: 16 * 1024 * 1024,
  maxPending: 1_024,
  startMs: 10_000,
  callMs: 10_000,
  dispatchMs: 10_000,
  pingMs: 1_000,
  stopMs: 2_000,
});

/** What a portable provider is started with. */
export interface ProviderStartOptions extends ProviderLimits {
  /** For debuggers and error texts. */
  readonly name: string;
  /**
   * Calls an actor for the provider, until `configureDispatch` names another dispatcher. Default: calls wait for
   * that, as long as `dispatchMs`.
   */
  readonly dispatch?: ProviderDispatcher["dispatch"];
  /** What it was granted besides that; default nothing. Closed when the provider ends, however it does. */
  readonly services?: GrantedServices;
  /** Called once if the provider fails after its start: it is gone then, and all its calls were rejected. */
  readonly onFailure: (error: HostError) => void;
  /** Takes a line that the provider logs, of at most 10,240 characters. Default: lines are dropped. */
  readonly onLog?: (text: string) => void;
}

/** A provider that was started from a module. Its `stop` always ends it. */
export interface PortableProvider extends CapabilityProvider {
  /** Why it is gone; undefined while it can be called. */
  readonly ended: HostError | undefined;
}

/** The port through which an environment runs providers that come as code. Contracts section 5.7. */
export interface ProviderRuntime {
  /** Targets of an archive that run here, best first, such as `es2022-node` and `es2022-any`. */
  readonly targets: readonly string[];
  /**
   * Starts a provider. It has no authority besides answering calls, calling actors, and what it was granted.
   *
   * @param module - the verified bytes of a target: an ES module that imports nothing, and whose default export is
   *   `(host) => ({ handleCall(actor, operation, payload), stop() })`. They are not changed.
   * @throws HostError `provider.start_failed` for a module that does not load or is no provider, `provider.deadline`,
   *   `provider.worker_failed`. Nothing is left running then.
   */
  start(module: Uint8Array, options: ProviderStartOptions): Promise<PortableProvider>;
}
