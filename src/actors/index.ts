export type { HostCallStrategyName } from "../wapc/index.ts";
export { Actor } from "./actor.ts";
export type { ActorOptions, ActorStatistics } from "./actor-options.ts";
export type {
  ActorModule,
  ActorPlacement,
  ActorRuntime,
  CompiledActorModule,
  PlacedCall,
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
