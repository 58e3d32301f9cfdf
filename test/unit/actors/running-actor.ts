import { encode } from "@msgpack/msgpack";
import {
  Actor,
  type ActorOptions,
  type ActorRuntime,
  type CallContext,
  InstanceBudget,
} from "../../../src/actors/index.ts";
import { verifyActorModule } from "../../../src/claims/index.ts";
import type { HostError } from "../../../src/errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";

/** An actor without a host around it, and what it did. */
export interface RunningActor {
  readonly actor: Actor;
  readonly log: string[];
  readonly failures: HostError[];
  readonly hostCalls: { readonly request: HostCallRequest; readonly context: CallContext }[];
  /** Calls it with a MessagePack value. */
  call(operation: string, value?: unknown, context?: Partial<CallContext>): Promise<Uint8Array>;
}

/** How an actor of a test is run. */
export interface RunOptions extends Partial<Omit<ActorOptions, "runtime" | "onHostCall">> {
  /** Answers host calls; default an empty success. */
  readonly answer?: (request: HostCallRequest, context: CallContext) => Promise<HostCallAnswer>;
}

/** Starts an actor of `test/actors` by name, or from the bytes of a signed module. */
export async function runActor(
  module: string | Uint8Array,
  runtime: ActorRuntime,
  { answer = async () => ({ ok: true, payload: new Uint8Array(0) }), ...options }: RunOptions = {},
): Promise<RunningActor> {
  const [log, failures, hostCalls]: [string[], HostError[], RunningActor["hostCalls"]] = [[], [], []];
  const verified = await verifyActorModule(typeof module === "string" ? testActor(module).bytes : module);
  const actor = await Actor.start(verified, {
    runtime,
    budget: new InstanceBudget(runtime.maxInstances),
    placement: "isolated",
    instances: 1,
    stay: false,
    onHostCall: (request, context) => {
      hostCalls.push({ request, context });
      return answer(request, context);
    },
    onLog: (text) => log.push(text),
    onFailure: (error) => failures.push(error),
    now: Date.now,
    deadlineMs: 5_000,
    maxPayloadBytes: 1_000_000,
    maxMemoryBytes: 2 ** 28,
    queueLength: 100,
    ...options,
  });
  return {
    actor,
    log,
    failures,
    hostCalls,
    call: (operation, value, context = {}) =>
      actor.call(operation, value === undefined ? new Uint8Array(0) : encode(value), {
        chain: [],
        deadline: Date.now() + 5_000,
        ...context,
      }),
  };
}
