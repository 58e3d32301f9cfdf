import { HostError, messageOf } from "../../errors/index.ts";

/** The error for bytes that are not what they should be, with the wording of protocol section 3.1. */
export function undecodable(reason: string): HostError {
  return new HostError("lattice.undecodable", `Failed to de-serialize: ${reason}`);
}

/** Runs a check of decoded data; what it throws becomes `lattice.undecodable`. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof HostError && error.code === "lattice.undecodable") throw error;
    throw new HostError("lattice.undecodable", `Failed to de-serialize: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
