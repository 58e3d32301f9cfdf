import { type Action, useAction } from "../session/use-action.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import type { SentCommand } from "./sent-command.ts";

/** A command to a host of the lattice: once it is acknowledged, its outcome is looked for. */
export function useCommand<A extends readonly unknown[]>(
  watch: LatticeWatch,
  send: (...args: A) => Promise<void>,
  sent: (...args: A) => SentCommand,
): Action<A> {
  return useAction(async (...args: A) => {
    await send(...args);
    watch.expect(sent(...args));
  });
}
