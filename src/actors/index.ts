export type { HostCallStrategyName } from "../wapc/index.ts";
export { Actor, type ActorOptions, type CallContext } from "./actor.ts";
export type { ActorModule, ActorPlacement, ActorRuntime, PlacementOptions } from "./actor-runtime.ts";
export { runActorWorker } from "./actor-worker.ts";
export type { ActorWorkerHandle, StartWorker, WorkerPort } from "./worker-port.ts";
export { WorkerActorRuntime, type WorkerRuntimeOptions } from "./worker-runtime.ts";
