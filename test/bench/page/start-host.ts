import {
  type ActorStartOptions,
  type Host,
  HostBuilder,
  type HostCallStrategyName,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
} from "../../../src/index.ts";
import { asyncifyModule, loadBinaryen } from "../../../src/wapc/index.ts";
import { webRuntime } from "../../../web/web-runtime.ts";
import { loadActor } from "./load-actor.ts";

/** How a host and its actors are started. */
export interface HostOptions {
  /** The only way in which guests wait for host calls; default the best one. */
  readonly hostCalls?: HostCallStrategyName;
  /** Instances that may live at one time. */
  readonly maxInstances?: number;
  readonly start?: ActorStartOptions;
}

/** Starts a host as the dashboard's worker does, with these actors, linked to a key-value store in memory. */
export async function startHost(actors: readonly string[], options: HostOptions = {}): Promise<Host> {
  const { hostCalls: wanted, maxInstances, start } = options;
  const runtime = webRuntime({
    ...(wanted === undefined ? {} : { allow: [wanted] }),
    ...(wanted === "asyncify" ? { asyncify } : {}),
    ...(maxInstances === undefined ? {} : { maxInstances }),
  });
  const host = new HostBuilder().withActorRuntime(runtime).withLogSinks().build();
  await host.start();
  const hostCalls = await runtime.hostCalls();
  if (wanted !== undefined && hostCalls !== wanted) {
    throw new Error(`Host calls are made by ${hostCalls} here`);
  }
  const { id: providerId, contractId } = MEMORY_KEYVALUE_PROVIDER;
  await host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider: new MemoryKeyValueProvider() });
  for (const name of actors) {
    const { key, capabilities } = await host.startActor((await loadActor(name)).bytes, start);
    if (capabilities?.includes(contractId) !== true) continue;
    await host.setLink({ actorId: key, providerId, contractId, linkName: "default", values: {} });
  }
  return host;
}

async function asyncify(bytes: Uint8Array): Promise<Uint8Array> {
  return asyncifyModule(bytes, await loadBinaryen());
}
