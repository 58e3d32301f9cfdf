import type { CapabilityProvider, ProviderDescriptor } from "./capability-provider.ts";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "./memory-keyvalue.ts";

/** A provider that a host can make itself, without an archive. */
export interface BuiltInProvider {
  /** What manifests and control commands ask for it by, as `weblattice:keyvalue-memory`. */
  readonly name: string;
  readonly descriptor: ProviderDescriptor;
  /** One line for people who choose. */
  readonly description: string;
  readonly make: () => CapabilityProvider;
}

/** The providers that every host can start. The adapters add those of their environment. */
export const BUILT_IN_PROVIDERS: readonly BuiltInProvider[] = Object.freeze([
  {
    name: "weblattice:keyvalue-memory",
    descriptor: MEMORY_KEYVALUE_PROVIDER,
    description: "Counters, texts, lists and sets, shared by all linked actors and gone when the host ends.",
    make: () => new MemoryKeyValueProvider(),
  },
]);
