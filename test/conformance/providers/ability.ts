/**
 * What some demands need and not every platform or implementation has.
 *
 * - `all-headers`: a request has all the headers it was given, and an answer shows all that came with it.
 * - `seen-redirects`: a program that does not want to be redirected is told where it would have been.
 * - `header-bytes`: the value of a header may have any bytes.
 * - `one-address`: one server answers for all actors.
 */
export type Ability = "all-headers" | "seen-redirects" | "header-bytes" | "one-address";

/** What is lacking somewhere, each with the reason. */
export type Lacks = Readonly<Partial<Record<Ability, string>>>;

/** What pages and their workers lack. */
export const LACKING_IN_BROWSERS: Lacks = {
  "all-headers": "browsers keep cookies, and the headers that they set themselves, from programs",
  "seen-redirects": "browsers hide where a redirect leads",
};

/** What workerd lacks. */
export const LACKING_IN_WORKERD: Lacks = {
  "header-bytes": "workerd reads headers as UTF-8, and loses what is none",
};

/** What `NodeHttpServerProvider` lacks. */
export const LACKING_IN_NODE_SERVER: Lacks = {
  "one-address": "each actor has a server of its own",
};
