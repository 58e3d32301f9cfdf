// A door of its own: a service worker and the edge need these few, and nothing else of all providers.
export { errorPage } from "./error-page.ts";
export { hasNoBody } from "./http-messages.ts";
export {
  type CodedProblem,
  HttpProblem,
  NO_ROUTE,
  ORIGIN_REFUSED,
  type Problem,
  problemOf,
  UNREAD,
} from "./problems.ts";
export { reasonPhrase } from "./reason-phrases.ts";
export { findRoute, isBelow, isOfHosts, readRoutes } from "./routes.ts";
export { inTime, serveRequest, untilLate } from "./serve-request.ts";
