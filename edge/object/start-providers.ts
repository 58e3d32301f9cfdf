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
    if (records.get(keyOf(host, name, DEFAULT_LINK_NAME))?.kind === "stopped") continue;
    await attempt(`provider ${name}`, () => host.startProviderFrom(name));
  }
  for (const [key, known] of records) {
    if (known.kind === "stopped" || (await running(host)).has(key)) continue;
    const { reference, linkName } = known;
    await attempt(`provider ${reference}`, () => host.startProviderFrom(reference, linkName));
  }
}

/** The providers that a host has unless something else happened, by key and link name. */
export function configuredProviders(
  host: Host,
  { capabilities }: Pick<Manifest, "capabilities">,
): Set<string> {
  const started = STARTED_PROVIDERS.map((name) => keyOf(host, name, DEFAULT_LINK_NAME));
  return new Set([
    ...started,
    ...capabilities.map(({ imageRef, linkName }) => keyOf(host, imageRef, linkName)),
  ]);
}

/** What a manifest asks for beside, unless it runs or was stopped. */
export async function wantedProviders(
  { host, records }: Pick<ProvidersToStart, "host" | "records">,
  { capabilities }: Pick<Manifest, "capabilities">,
): Promise<Manifest["capabilities"]> {
  const known = await running(host);
  return capabilities.filter(({ imageRef, linkName }) => {
    const key = keyOf(host, imageRef, linkName);
    return !known.has(key) && !records.has(key);
  });
}

function keyOf(host: Host, reference: string, linkName: string): string {
  const own = host.builtInProviders.find(
    ({ name, descriptor }) => name === reference || descriptor.id === reference,
  );
  return providerId(own?.descriptor.id ?? "", linkName);
}

async function running(host: Host): Promise<ReadonlySet<string>> {
  const { providers } = await host.describe();
  return new Set(providers.map(({ id, linkName }) => providerId(id, linkName)));
}
