import { messageOf } from "../../../src/errors/index.ts";
import type { Host, HostCallStrategyName } from "../../../src/index.ts";
import { NO_STRATEGY_MESSAGE } from "../../../src/wapc/index.ts";
import { samplePayload } from "../figures.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { startHost } from "./start-host.ts";
import { expectBytes, type Target } from "./target.ts";

const EMPTY = new Uint8Array(0);

/** A call whose actor calls out, and as many bare round trips as that takes. */
export interface HostCalls {
  readonly actor: string;
  readonly operation: string;
  readonly payload: Uint8Array;
  readonly trips: number;
}

/** Calls of an actor that calls out. */
export async function hostCallTarget(host: Host, calls: HostCalls): Promise<Target> {
  const { key } = await loadActor(calls.actor);
  const pingPong = new PingPong();
  const same = samplePayload(100);
  return {
    ours: () => host.callActor(key, calls.operation, calls.payload),
    bare: () => pingPong.call(same, calls.trips),
  };
}

/** `kvcounter` makes one host call, by one strategy. By `none` the guest is refused at once and says so. */
export async function strategyTarget(hostCalls: HostCallStrategyName): Promise<Target> {
  const host = await startHost(["kvcounter"], { hostCalls });
  const trips = hostCalls === "none" ? 1 : 2;
  const target = await hostCallTarget(host, {
    actor: "kvcounter",
    operation: "Count",
    payload: EMPTY,
    trips,
  });
  return hostCalls === "none" ? { ...target, ours: () => expectRefusal(target.ours()) } : target;
}

/** Calls of `echo` by as many instances as given. Bare: one worker, which is asked again before it has answered. */
export async function echoTarget(instances: number, payload: Uint8Array<ArrayBuffer>): Promise<Target> {
  const host = await startHost(["echo"], { start: { instances } });
  const { key } = await loadActor("echo");
  const pingPong = new PingPong();
  return {
    ours: () => expectBytes(host.callActor(key, "Echo", payload), payload.length),
    bare: () => expectBytes(pingPong.call(payload, 1), payload.length),
  };
}

/** The same with one instance, beside a worker that is asked again when it has answered, as a guest has to be. */
export async function serialTarget(payload: Uint8Array<ArrayBuffer>): Promise<Target> {
  const target = await echoTarget(1, payload);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ours: target.ours,
    bare: () => {
      const next = last.then(target.bare);
      last = next;
      return next;
    },
  };
}

async function expectRefusal(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => new Error("The host call was not refused"),
    (reason: unknown) => reason,
  );
  if (!messageOf(error).includes(NO_STRATEGY_MESSAGE)) throw error;
}
