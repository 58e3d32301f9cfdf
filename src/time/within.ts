import type { HostError } from "../errors/index.ts";

/**
 * Waits for something, but no longer than so many milliseconds. The work itself goes on: what becomes of it later,
 * a failure too, is nobody's concern any more.
 *
 * @param late - makes the error for work that is too slow.
 * @returns what the work resolves to.
 * @throws what the work rejects with, or the error of `late`.
 */
export async function within<T>(work: Promise<T>, ms: number, late: () => HostError): Promise<T> {
  if (await isDoneWithin(work, ms)) return work;
  throw late();
}

/**
 * As {@link within}, for those who go on either way.
 *
 * @returns whether the work was done in time.
 * @throws what the work rejects with in time.
 */
export async function isDoneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: number | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
