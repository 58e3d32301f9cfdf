import type { Host, Manifest } from "../../src/host/index.ts";
import { STARTED_PROVIDERS } from "../providers/edge-providers.ts";
import { type ProviderRecord, providerId } from "./host-record.ts";

/** What {@link startProviders} works with. */
export interface ProvidersToStart {
  readonly host: Host;
  readonly records: ReadonlyMap<string, ProviderRecord>;
  /** Runs the work for one; what it fails with is logged. */
  readonly attempt: (what: string, work: () => Promise<unknown>) => Promise<unknown>;
}

const DEFAULT_LINK_NAME = "default";

/** Starts the providers that every host on the edge has, and those that were started at run time. */
export async function startProviders({ host, records, attempt }: ProvidersToStart): Promise<void> {
  for (const name of STARTED_PROVIDERS) {
    const id = host.builtInProviders.find((each) => each.name === name)?.descriptor.id ?? "";
    if (records.get(providerId(id, DEFAULT_LINK_NAME))?.kind === "stopped") continue;
    await attempt(`provider ${name}`, () => host.startProviderFrom(name));
  }
  for (const [key, known] of records) {
    if (known.kind === "stopped" || (await running(host)).has(key)) continue;
    const { reference, linkName } = known;
    await attempt(`provider ${reference}`, () => host.startProviderFrom(reference, linkName));
  }
}

/** What a manifest asks for beside, unless it runs or was stopped. */
export async function wantedProviders(
  { host, records }: Pick<ProvidersToStart, "host" | "records">,
  { capabilities }: Pick<Manifest, "capabilities">,
): Promise<Manifest["capabilities"]> {
  const known = await running(host);
  return capabilities.filter(({ imageRef, linkName }) => {
    const own = host.builtInProviders.find(
      ({ name, descriptor }) => name === imageRef || descriptor.id === imageRef,
    );
    const key = providerId(own?.descriptor.id ?? "", linkName);
    return !known.has(key) && !records.has(key);
  });
}

async function running(host: Host): Promise<ReadonlySet<string>> {
  const { providers } = await host.describe();
  return new Set(providers.map(({ id, linkName }) => providerId(id, linkName)));
}
