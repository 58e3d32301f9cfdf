import { DEFAULT_LIMITS } from "../../../src/index.ts";
import type { StartOptions } from "../../host-api.ts";

/**
 * Start options from the page's address. `?hostCalls=jspi,shared-memory` restricts the ways a guest may wait for host
 * calls to those named (`asyncify` is used only if it is), `?hostCalls=none` leaves none; unknown names are ignored. Each limit can be set by its name,
 * such as `?heartbeatMs=1000&callDeadlineMs=2000`; a value that is no limit is refused by the host and shown.
 */
export function startOptionsFrom(query: URLSearchParams): StartOptions {
  const hostCalls = query
    .get("hostCalls")
    ?.split(",")
    .map((name) => name.trim());
  const limits = Object.keys(DEFAULT_LIMITS).flatMap((name) => {
    const given = query.get(name);
    return given === null ? [] : [[name, Number(given)] as const];
  });
  return {
    ...(hostCalls === undefined
      ? {}
      : {
          hostCalls: (["jspi", "shared-memory", "asyncify"] as const).filter((name) =>
            hostCalls.includes(name),
          ),
        }),
    ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
  };
}
