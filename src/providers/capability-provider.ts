/** How a provider calls the actors that are linked to it. */
export interface ProviderDispatcher {
  /**
   * Calls an operation of an actor, here or on the lattice, with the provider as origin.
   *
   * @param actor - the actor's `M…` key; aliases are not resolved.
   * @returns the actor's answer.
   * @throws HostError `dispatch.invocation_failed` with the reason in its text.
   */
  dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array>;
}

/**
 * What a capability provider does. The TypeScript form of the first-party trait: protocol section 7.1.
 *
 * Every provider answers `BindActor`, `RemoveActor` and `HealthRequest`, and the first two as often as they come. The
 * host makes sure that only the host itself can send these.
 */
export interface CapabilityProvider {
  /** Called once, before anything else. */
  configureDispatch(dispatcher: ProviderDispatcher): void;
  /**
   * Answers one call. A thrown error's message is what the caller gets as error text.
   *
   * @param origin - the calling actor's `M…` key, or `system` for the host.
   */
  handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array>;
  /** Called when the provider is removed; releases what it holds. Must not throw. Twice is fine. */
  stop(): Promise<void>;
}

/** What a provider's claims say about it. */
export interface ProviderDescriptor {
  /** The provider's `V…` key. */
  readonly id: string;
  readonly contractId: string;
  readonly name: string;
  readonly vendor: string;
  readonly revision?: number;
  readonly version?: string;
}
