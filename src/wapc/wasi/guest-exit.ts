/** Unwinds a guest that called `proc_exit`. */
export class GuestExit extends Error {
  override readonly name = "GuestExit";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the guest ended itself with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Whether a failed start function did its work: command modules leave `_start` by `proc_exit(0)`. Section 6.3. */
export function isNormalReturn(startFunction: string, error: unknown): boolean {
  return startFunction === "_start" && error instanceof GuestExit && error.exitCode === 0;
}
