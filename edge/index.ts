export type { BundledActor } from "./actors/bundled-actor.ts";
export { type EdgeEnvironment, type EdgeHost, edgeHost } from "./edge-host.ts";
export { type HostObjectApi, type Outcome, resultOf } from "./object/api.ts";
export type { HostObjectClass } from "./object/host-object.ts";
export type { EdgeHostOptions, EdgeLink, EdgeRoute } from "./options.ts";
export type { ObjectState, ObjectStorage, WorkerLoader } from "./platform.ts";
export { OBJECT_KEYVALUE_PROVIDER, objectKeyValue } from "./providers/object-keyvalue.ts";
export { type EdgeSettings, type LatticeMode, readSettings, SETTING_NAMES } from "./settings.ts";
export { ObjectStore } from "./storage/object-store.ts";
