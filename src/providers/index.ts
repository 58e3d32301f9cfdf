export type { CapabilityProvider, ProviderDescriptor, ProviderDispatcher } from "./capability-provider.ts";
export { answerCoreOperation, type LinkHandlers } from "./core-operations.ts";
export { EXTRAS_PROVIDER, ExtrasProvider } from "./extras-provider.ts";
export {
  MEMORY_KEYVALUE_PROVIDER,
  type MemoryKeyValueOptions,
  MemoryKeyValueProvider,
} from "./memory-keyvalue.ts";
export { ProviderInstance, type ProviderInstanceOptions } from "./provider-instance.ts";
