import {
  type Host,
  HostBuilder,
  type HostCallStrategyName,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
} from "../../../src/index.ts";
import { webRuntime } from "../../../web/web-runtime.ts";
import { loadActor } from "./load-actor.ts";

/** Starts a host as the dashboard's worker does, with these actors, linked to a key-value store in memory. */
export async function startHost(
  actors: readonly string[],
  allow?: readonly HostCallStrategyName[],
): Promise<Host> {
  const runtime = webRuntime(allow === undefined ? {} : { allow });
  const host = new HostBuilder().withActorRuntime(runtime).withLogSinks().build();
  await host.start();
  const hostCalls = await runtime.hostCalls();
  if (allow?.includes(hostCalls) === false) throw new Error(`Host calls are made by ${hostCalls} here`);
  const { id: providerId, contractId } = MEMORY_KEYVALUE_PROVIDER;
  await host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider: new MemoryKeyValueProvider() });
  for (const name of actors) {
    const { key, capabilities } = await host.startActor((await loadActor(name)).bytes);
    if (capabilities?.includes(contractId) !== true) continue;
    await host.setLink({ actorId: key, providerId, contractId, linkName: "default", values: {} });
  }
  return host;
}
