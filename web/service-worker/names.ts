/** Folder of all actors' paths below the scope of the service worker. */
const FOLDER = "http";

/** What actors' paths begin with, for a service worker or page at that address; without a slash at its end. */
export function httpBase(address: string): string {
  return new URL(FOLDER, address).pathname;
}

/** Locks that hosts hold as long as they live, so that their end is seen however it comes. */
export function lockPrefix(base: string): string {
  return `weblattice-http ${base} `;
}
