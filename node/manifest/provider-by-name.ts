import {
  HostError,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
  type ProviderStart,
} from "../../src/index.ts";

interface Entry {
  readonly name: string;
  readonly key: string;
  readonly make: () => ProviderStart;
}

const ENTRIES: readonly Entry[] = [
  {
    name: "weblattice:keyvalue-memory",
    key: MEMORY_KEYVALUE_PROVIDER.id,
    make: () => ({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider: new MemoryKeyValueProvider() }),
  },
];

/** Names by which manifests may ask for the providers of this library. */
export const PROVIDER_NAMES: readonly string[] = ENTRIES.map(({ name }) => name);

/**
 * Makes a provider of this library.
 *
 * @param reference - its name or its `V…` key.
 * @throws HostError `host.unsupported` for anything else.
 */
export function providerByName(reference: string): ProviderStart {
  const entry = ENTRIES.find(({ name, key }) => name === reference || key === reference);
  if (entry !== undefined) return entry.make();
  throw new HostError("host.unsupported", `Provider ${reference} not found on disk or in registry`, {
    hint: `Provider archives and image references of registries are not supported yet. This host has: ${PROVIDER_NAMES.join(", ")}.`,
  });
}
