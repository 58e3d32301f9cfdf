/**
 * Waits for something, but no longer than so many milliseconds.
 *
 * @returns whether it was done in time. What it rejects with is thrown.
 */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
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
