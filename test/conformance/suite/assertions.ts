import { messageOf } from "../../../src/index.ts";

/** The suite runs in pages and workers too, so it brings the few assertions it needs. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [seen, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (seen !== wanted) throw new Error(`${what}: ${shorten(seen)} instead of ${shorten(wanted)}`);
}

/** @throws Error if the condition does not hold. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`);
}

/** Compares bytes and names the first that differs. */
export function equalBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  equal(actual.length, expected.length, `length of ${what}`);
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  if (at !== -1) throw new Error(`${what} differs at byte ${at}`);
}

/** What is known of a failed call. */
export interface Refusal {
  readonly message: string;
  readonly code: unknown;
  /** The code below it, where a call failed. */
  readonly reason: unknown;
}

/** What a promise rejects with. @throws Error if it does not. */
export async function refusal(promise: Promise<unknown>, what: string): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: { reason?: unknown } };
    return { message: messageOf(error), code, reason: details?.reason };
  }
  throw new Error(`${what} was not refused`);
}

/** @throws Error unless the text contains the part. */
export function contains(text: string, part: string, what: string): void {
  if (!text.includes(part)) throw new Error(`${what}: "${shorten(text)}" lacks "${shorten(part)}"`);
}

/** Waits until the condition holds. @throws Error after five seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await pause(5);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
