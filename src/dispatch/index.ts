export { ALLOW_ALL, type Authorizer } from "./authorizer.ts";
export type { NatsAccountServerOptions } from "./authorizers/account-server-options.ts";
export { allOf, anyOf } from "./authorizers/combined.ts";
export { allowIssuers, denyIssuers } from "./authorizers/issuers.ts";
export { natsAccountServer } from "./authorizers/nats-account-server.ts";
export type { CallRecord, CallRoute } from "./call-record.ts";
export { Dispatcher, type DispatcherOptions } from "./dispatcher.ts";
export { actorTarget, type Delivery, type LocalTarget, providerTarget } from "./local-target.ts";
export { DEFAULT_LINK_NAME, resolveActor, resolveTarget } from "./resolve-target.ts";
