import { messageOf } from "../../src/errors/index.ts";
import { onParentEnd } from "../system/parent-watch.ts";

/** Something that was started and can be stopped. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** Stops everything, the last started first; a failure is told and the rest stopped all the same. */
export async function stopInTurn(started: readonly Stoppable[]): Promise<void> {
  for (const each of [...started].reverse()) {
    await each.stop().catch((error: unknown) => console.error(messageOf(error)));
  }
}

/** On the first Ctrl-C or end signal, or when npm is gone, stops what was started and exits with 0; on the second exits. */
export function stopOnSignal(started: readonly Stoppable[]): void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
    console.log("\nStopping ...");
    void stopInTurn(started).finally(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  onParentEnd(onSignal);
}
