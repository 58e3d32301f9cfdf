import type { LinkDefinition, LinkDescription, ProviderDescriptor } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

export const CONTRACT = "wasmcloud:keyvalue";
export const { key: COUNTER } = testActor("kvcounter");

/** A host, a provider that is not started, and what links the counter with it. */
export interface LinkSetting extends TestHost {
  readonly descriptor: ProviderDescriptor;
  readonly provider: RecordingProvider;
  /** The link of the counter with the provider, or one that differs in parts. */
  link(parts?: Partial<LinkDefinition>): LinkDefinition;
  setLink(parts?: Partial<LinkDefinition>): Promise<void>;
  removeLink(): Promise<void>;
  startProvider(): Promise<void>;
  /** Links as the host describes them. */
  links(): Promise<readonly LinkDescription[]>;
  states(): Promise<string[]>;
  /** What the provider was told about links, by operation. */
  operations(): string[];
}

export async function linkSetting(): Promise<LinkSetting> {
  const test = await startTestHost();
  const { host } = test;
  const descriptor = await newDescriptor(CONTRACT);
  const provider = new RecordingProvider();
  const link = (parts: Partial<LinkDefinition> = {}): LinkDefinition => ({
    actorId: COUNTER,
    providerId: descriptor.id,
    contractId: CONTRACT,
    linkName: "default",
    values: { URL: "here" },
    ...parts,
  });
  const links = async (): Promise<readonly LinkDescription[]> => (await host.describe()).links;
  return {
    ...test,
    descriptor,
    provider,
    link,
    setLink: (parts) => host.setLink(link(parts)),
    removeLink: () => host.removeLink(COUNTER, CONTRACT, "default"),
    startProvider: () => host.startProvider({ descriptor, provider }),
    links,
    states: async () => (await links()).map(({ state }) => state),
    operations: () => provider.links.map(([operation]) => operation),
  };
}

/** A setting in which all run and the provider was told of the link. */
export async function boundLink(): Promise<LinkSetting> {
  const setting = await linkSetting();
  await setting.start("kvcounter");
  await setting.startProvider();
  await setting.setLink();
  return setting;
}
