import { HostError } from "../../src/errors/index.ts";

/** Settles as the promise does, or rejects with `system.deadline` after the given time. Leaves no timer behind. */
export async function withDeadline<T>(promise: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new HostError("system.deadline", `${what} took longer than ${milliseconds} ms.`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
