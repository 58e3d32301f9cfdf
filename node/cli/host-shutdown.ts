/** A terminal and npm both pass a Ctrl-C on: signals within this time are one. */
const ONE_KEY_PRESS_MS = 500;
/** Longest that stopping may take. */
const DEADLINE_MS = 20_000;
/** The exit code of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** On the first Ctrl-C or end signal stops and exits with 0; on the second, or after a deadline, exits at once. */
export function exitOnSignal(stop: () => Promise<void>): void {
  let since: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (since !== undefined) {
      if (now - since > ONE_KEY_PRESS_MS) process.exit(INTERRUPTED);
      return;
    }
    since = now;
    setTimeout(() => process.exit(INTERRUPTED), DEADLINE_MS).unref();
    void stop().finally(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}
