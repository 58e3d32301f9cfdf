export { GuestInstance, type GuestOptions } from "./guest-instance.ts";
export type { HostCallAnswer, HostCallRequest, HostCallStrategy, HostCallStrategyName } from "./host-call.ts";
export { inspectModule, type ModuleShape } from "./module-shape.ts";
export { probeJspi, probeSharedMemory } from "./probe.ts";
export { blockingStrategy, jspiStrategy, NO_STRATEGY_MESSAGE, noStrategy } from "./strategies.ts";
