import { HostError, messageOf } from "../src/errors/index.ts";

/** Names failures of what the browser keeps. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (isNamed(error, "QuotaExceededError")) throw noRoom(error);
    throw new HostError("storage.failed", `The browser's storage failed: ${messageOf(error)}`, {
      hint: "Private windows and blocked site data can be the reason. The host works, but keeps nothing.",
      cause: error,
    });
  }
}

/** There is no room for something. */
export function noRoom(cause?: unknown): HostError {
  return new HostError("storage.quota", "The browser has no room left for this site", {
    hint: "Delete data of this site, or free disk space.",
    cause,
  });
}

/** Whether an error is that of the platform with this name. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}
