import { useRef, useState } from "preact/hooks";
import { asHostError, type HostError } from "../../../src/errors/index.ts";
import { useSession } from "./session-context.ts";

/** Something the user can set off: whether it runs now, and how it failed last. */
export interface Action<A extends readonly unknown[]> {
  readonly busy: boolean;
  readonly error: HostError | undefined;
  /** Runs it unless it runs already; resolves to whether it succeeded, when the page shows the result. */
  run(...args: A): Promise<boolean>;
  /** Takes the error away. */
  clear(): void;
}

/** An action on the host. Afterwards, well or not, the host's state is read again. */
export function useAction<A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const { session } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HostError>();
  const running = useRef(false);

  const run = async (...args: A): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await work(...args);
      return true;
    } catch (thrown) {
      setError(asHostError(thrown));
      return false;
    } finally {
      await session.refresh();
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, run, clear: () => setError(undefined) };
}
