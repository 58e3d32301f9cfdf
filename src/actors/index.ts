export type { HostCallStrategyName } from "../wapc/index.ts";
export { Actor, type ActorOptions, type ActorStatistics } from "./actor.ts";
export type {
  ActorModule,
  ActorPlacement,
  ActorRuntime,
  PlacementKind,
  PlacementOptions,
  PreparationOptions,
} from "./actor-runtime.ts";
export { runActorWorker } from "./actor-worker.ts";
export { type AsyncifierOptions, asyncifier } from "./asyncifier.ts";
export type { CallContext } from "./call-context.ts";
export { InstanceBudget, type InstanceHolder } from "./instance-budget.ts";
export type { ActorWorkerHandle, StartWorker, WorkerPort } from "./worker-port.ts";
export { WorkerActorRuntime, type WorkerRuntimeOptions } from "./worker-runtime.ts";
