import { readBody } from "../bytes/index.ts";
import { HostError, messageOf } from "../errors/index.ts";

/** Milliseconds a download may take. */
const DOWNLOAD_DEADLINE_MS = 30_000;

/** Whether a reference is an `http(s)` address rather than an image reference. */
export function isWebAddress(reference: string): boolean {
  return /^https?:\/\//i.test(reference);
}

/**
 * Downloads a module or an archive from an `http(s)` address.
 *
 * @param maxBytes - a longer body is not read to its end.
 * @throws HostError `input.invalid` for another kind of reference, `module.fetch_failed`, `module.too_large`.
 */
export async function fetchAddress(reference: string, maxBytes: number): Promise<Uint8Array> {
  const url = URL.canParse(reference) ? new URL(reference) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new HostError("input.invalid", `"${reference.slice(0, 200)}" is not an http or https address`);
  }
  const signal = AbortSignal.timeout(DOWNLOAD_DEADLINE_MS);
  try {
    const response = await fetch(url.href, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw failed(reference, `the server answered ${response.status}`);
    }
    const body = await readBody(response.body, maxBytes);
    if (body !== undefined) return body;
    throw new HostError("module.too_large", `The file has more than ${maxBytes} bytes`, {
      details: { limit: maxBytes },
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw failed(reference, messageOf(error), error);
  }
}

function failed(reference: string, reason: string, cause?: unknown): HostError {
  return new HostError("module.fetch_failed", `${reference} could not be fetched: ${reason}`, {
    hint: "Check the address. From a browser, another origin's server must allow this page by CORS.",
    cause,
  });
}
