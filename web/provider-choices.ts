import {
  HostError,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
  type ProviderStart,
} from "../src/index.ts";
import type { ProviderChoice } from "./host-api.ts";

interface Entry extends ProviderChoice {
  readonly make: () => ProviderStart;
}

const ENTRIES: readonly Entry[] = [
  {
    kind: "keyvalue-memory",
    id: MEMORY_KEYVALUE_PROVIDER.id,
    contractId: MEMORY_KEYVALUE_PROVIDER.contractId,
    title: "Key-value in memory",
    description:
      "Counters, texts, lists and sets, shared by all linked actors and gone when the tab is closed.",
    make: () => ({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider: new MemoryKeyValueProvider() }),
  },
];

/** The providers that a tab can start. */
export function providerChoices(): ProviderChoice[] {
  return ENTRIES.map(({ make: _make, ...choice }) => choice);
}

/** @throws HostError `input.invalid` for a kind that is not among the choices. */
export function makeProvider(kind: string): ProviderStart {
  const entry = ENTRIES.find((candidate) => candidate.kind === kind);
  if (entry === undefined)
    throw new HostError("input.invalid", `There is no provider of kind "${kind}" here`);
  return entry.make();
}
