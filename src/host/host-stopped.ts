import { HostError } from "../errors/index.ts";

/** What anybody is told who wants something of a host that was stopped, or is stopped meanwhile. */
export function hostStopped(): HostError {
  return new HostError("host.stopped", "The host was stopped", { hint: "Make a new one." });
}
