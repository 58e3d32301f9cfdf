import { asHostError } from "../../errors/index.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** What went wrong with a request before it reached an actor, or instead of an answer. */
export interface Problem {
  readonly status: number;
  /** For the person who sees it. */
  readonly text: string;
}

const ABSENT: Problem = {
  status: 502,
  text: "The actor behind this address is not running, or cannot be reached.",
};
/** Too much is under way. */
export const BUSY: Problem = {
  status: 503,
  text: "The actor behind this address is busy. Try again in a moment.",
};
/** It broke: what it was doing is lost. What an actor refuses by itself is a 500 instead. */
const BROKEN: Problem = { status: 502, text: "The actor behind this address failed." };
/** The time is over. */
export const LATE: Problem = { status: 504, text: "The actor behind this address did not answer in time." };

const TOO_LARGE: Problem = { status: 413, text: "The request is larger than the lattice takes." };

const PROBLEMS: Readonly<Record<string, Problem>> = {
  "dispatch.no_subscriber": ABSENT,
  "dispatch.no_target": ABSENT,
  "actor.not_running": ABSENT,
  "actor.stopped": ABSENT,
  "lattice.transport": ABSENT,
  "lattice.not_connected": ABSENT,
  "actor.queue_full": BUSY,
  "actor.no_instance": BUSY,
  "actor.parked": BUSY,
  "lattice.overloaded": BUSY,
  "provider.overloaded": BUSY,
  "guest.trap": BROKEN,
  "guest.stack_too_deep": BROKEN,
  "guest.memory_limit": BROKEN,
  "guest.out_of_memory": BROKEN,
  "actor.worker_failed": BROKEN,
  "lattice.payload_too_large": TOO_LARGE,
  "guest.fuel": LATE,
  "actor.deadline": LATE,
  "lattice.timeout": LATE,
};

/** What a failed call of an actor is to the person who waits for a page. The two texts of 500 are those of old. */
export function problemOf(error: unknown): Problem {
  const { code, details } = asHostError(error);
  if (code === "provider.bad_request") return { status: 500, text: "Malformed response from actor" };
  const reason = typeof details["reason"] === "string" ? details["reason"] : code;
  return PROBLEMS[reason] ?? { status: 500, text: "Failed to handle request" };
}

/** A small page that says what is wrong; of 500, the text alone, as the first-party server answers. */
export function errorPage({ status, text }: Problem): Response {
  const headers: Record<string, string> = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 503 ? { "retry-after": "1" } : {}),
  };
  if (status === 500) {
    return new Response(text, {
      status,
      headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
    });
  }
  const title = `${status} ${reasonPhrase(status)}`;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`;
  return new Response(page, { status, headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
}
