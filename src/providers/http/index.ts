// A door of its own: a service worker and the edge need these few, and nothing else of all providers.
export { errorPage, type Problem } from "./error-page.ts";
export { hasNoBody, headerRecord, isHopByHop } from "./http-messages.ts";
export { isBelow, isOfHosts } from "./routes.ts";
