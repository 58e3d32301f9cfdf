import { expect } from "vitest";
import { HostError } from "../../../src/errors/index.ts";

/** The HostError that an action throws or rejects with; anything else fails the test. */
export async function errorOf(action: () => unknown): Promise<HostError> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(HostError);
    if (error instanceof HostError) return error;
  }
  throw new Error("expected a HostError");
}
