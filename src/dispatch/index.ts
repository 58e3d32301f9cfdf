export { ALLOW_ALL, type Authorizer } from "./authorizer.ts";
export type { CallRecord, CallRoute } from "./call-record.ts";
export { Dispatcher, type DispatcherOptions } from "./dispatcher.ts";
export { actorTarget, type Delivery, type LocalTarget, providerTarget } from "./local-target.ts";
export { DEFAULT_LINK_NAME, resolveActor, resolveTarget } from "./resolve-target.ts";
