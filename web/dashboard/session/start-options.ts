import type { StartOptions } from "../../host-api.ts";

/**
 * Start options from the page's address: `?hostCalls=jspi,shared-memory` restricts the ways a guest may wait for host
 * calls to those named, `?hostCalls=none` leaves none. Unknown names are ignored.
 */
export function startOptionsFrom(query: URLSearchParams): StartOptions {
  const given = query.get("hostCalls");
  if (given === null) return {};
  const names = given.split(",").map((name) => name.trim());
  return { hostCalls: (["jspi", "shared-memory"] as const).filter((name) => names.includes(name)) };
}
