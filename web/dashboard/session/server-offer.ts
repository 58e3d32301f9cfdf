/** Milliseconds; the host waits for it, and the answer is a small file of the page's own server. */
const ANSWER_MS = 2_000;

let underWay: Promise<unknown> | undefined;

/**
 * What the server of this page says that it offers, as it came. Asked anew each time, but once by all who ask at the same
 * time. No file is no error: the page works alone.
 *
 * @returns undefined where there is none.
 */
export function readServerOffer(): Promise<unknown> {
  underWay ??= ask().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function ask(): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(new URL("weblattice.json", document.baseURI), { cache: "no-store", signal });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
