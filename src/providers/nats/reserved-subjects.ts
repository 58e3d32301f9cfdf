import { HostError } from "../../errors/index.ts";

/** First tokens of what the lattice and the server themselves talk over. */
const RESERVED = ["wasmbus", "lattice"];

/**
 * Keeps actors from what is not theirs on a connection that the lattice uses too: with the host's rights they could
 * start and stop actors, or read the calls of others. Answers to inboxes may be sent.
 *
 * @throws HostError `provider.denied`.
 */
export function checkPublishable(subject: string): void {
  if (isReserved(subject)) throw denied(subject);
}

/** The same for subjects with wildcards; others' inboxes and all that a wildcard at the begin could mean included. */
export function checkSubscribable(subject: string): void {
  const [first = ""] = subject.split(".");
  if (isReserved(subject) || first === "*" || first === ">" || first.startsWith("_")) throw denied(subject);
}

function isReserved(subject: string): boolean {
  const [first = ""] = subject.split(".");
  return first.startsWith("$") || RESERVED.includes(first);
}

function denied(subject: string): HostError {
  return new HostError("provider.denied", `The subject ${subject.slice(0, 256)} is not for actors`, {
    hint: "Give the link a connection of its own by the value URL.",
  });
}
