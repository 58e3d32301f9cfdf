import { encode } from "@msgpack/msgpack";
import { nodeWorkerScript } from "../../node/build/node-worker.ts";
import { nodeLabels, type ThreadRuntimeOptions, threadRuntime } from "../../node/index.ts";
import {
  type ActorDescription,
  type ActorRuntime,
  type ActorStartOptions,
  type Host,
  HostBuilder,
  type HostCallStrategyName,
  type HostEvent,
  type Limits,
  RingBufferSink,
} from "../../src/index.ts";
import { testActor } from "./actors.ts";
import { atEndOfTest } from "./end-of-test.ts";

/** What a host of a test may be given. */
export interface TestHostOptions {
  readonly limits?: Partial<Limits>;
  readonly allow?: readonly HostCallStrategyName[];
  readonly runtime?: Partial<ThreadRuntimeOptions>;
  readonly configure?: (builder: HostBuilder) => HostBuilder;
}

/** A started host on Node's threads, stopped at the end of the test. */
export interface TestHost {
  readonly host: Host;
  readonly log: RingBufferSink;
  readonly events: HostEvent[];
  /** Starts an actor of `test/actors` by name. */
  start(name: string, options?: ActorStartOptions): Promise<ActorDescription>;
  /** Calls with a MessagePack value. */
  call(target: string, operation: string, value?: unknown): Promise<Uint8Array>;
}

/** One for all hosts of a process: what works in a thread here is found out once. */
const runtimes = new Map<string, ActorRuntime>();

function runtimeOf({ allow, runtime }: TestHostOptions): ActorRuntime {
  if (runtime !== undefined) {
    return threadRuntime({
      script: nodeWorkerScript,
      ...runtime,
      ...(allow === undefined ? {} : { allow }),
    });
  }
  const key = JSON.stringify(allow ?? "all");
  const known = runtimes.get(key);
  if (known !== undefined) return known;
  const made = threadRuntime({ script: nodeWorkerScript, ...(allow === undefined ? {} : { allow }) });
  runtimes.set(key, made);
  return made;
}

export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const log = new RingBufferSink();
  const builder = new HostBuilder()
    .withActorRuntime(runtimeOf(options))
    .withCoreLabels(nodeLabels())
    .withLogSinks(log)
    .withLimits(options.limits ?? {});
  const host = (options.configure?.(builder) ?? builder).build();
  const events: HostEvent[] = [];
  host.onEvent((event) => events.push(event));
  atEndOfTest(() => host.stop());
  await host.start();
  return {
    host,
    log,
    events,
    start: (name, start) => host.startActor(testActor(name).bytes, start),
    call: (target, operation, value) =>
      host.callActor(target, operation, value === undefined ? new Uint8Array(0) : encode(value)),
  };
}
