// A door of its own: a service worker needs these few, and nothing else of all providers.
export { errorPage, type Problem } from "./error-page.ts";
