import { HostError } from "../errors/index.ts";
import { delay } from "../time/index.ts";
import { fromNatsError, isNoResponders } from "./nats-errors.ts";

/** Runs a call of JetStream; its failures become ours. */
export async function jetStreamCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (apiErrorCode(error) === 10047 || apiErrorCode(error) === 10077) {
      throw new HostError("storage.quota", "The NATS server has no room left for this", { cause: error });
    }
    const known = fromNatsError(error);
    if (known.message !== "RPC error: no responders") throw known;
    throw new HostError("lattice.transport", "RPC error: JetStream is not enabled on the server", {
      hint: "Enable it in the configuration of the NATS server, for this account.",
      cause: error,
    });
  }
}

/** Milliseconds between attempts, and how many there are. */
const HEAR_MS = 50;
const HEAR_ATTEMPTS = 20;

/**
 * Publishes to a stream, again if nobody heard it: a stream that another client has just made is known a little before
 * it listens. What nobody heard was not stored, so it is never stored twice.
 */
export async function publishHeard<T>(publish: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await publish();
    } catch (error) {
      if (!isNoResponders(error) || apiErrorCode(error) !== undefined || attempt === HEAR_ATTEMPTS)
        throw error;
      await delay(HEAR_MS);
    }
  }
}

/** The number of an error that JetStream itself answered. */
export function apiErrorCode(error: unknown): number | undefined {
  return (error as { api_error?: { err_code?: number } } | null)?.api_error?.err_code;
}

/** Undefined for what does not exist; other failures stay failures. */
export function notFound(error: unknown): undefined {
  const { message, code } = error as { message?: string; code?: string };
  if (code === "404" || message === "stream not found" || message === "no message found") return undefined;
  throw error;
}
