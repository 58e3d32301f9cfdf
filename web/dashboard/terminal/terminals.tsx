import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asHostError, HostError } from "../../../src/errors/index.ts";
import { ErrorNotice } from "../controls/error-notice.tsx";
import type { HostSession, SessionState } from "../session/host-session.ts";
import { useObservable } from "../session/observable.ts";
import type { TerminalDock } from "./terminal-dock.tsx";

/** The open terminals. The code for them is loaded when the first is opened: most visits need none. */
export function Terminals(props: {
  readonly session: HostSession;
  readonly state: SessionState;
}): JSX.Element | null {
  const { terminals: open } = props.session;
  const { terminals } = useObservable(open.state);
  const [loaded, setLoaded] = useState<{ readonly Dock: typeof TerminalDock }>();
  const [error, setError] = useState<HostError>();
  const isNeeded = terminals.length > 0;
  useEffect(() => {
    if (!isNeeded || loaded !== undefined) return;
    import("./terminal-dock.tsx").then(
      ({ TerminalDock: Dock }) => setLoaded({ Dock }),
      (thrown: unknown) => {
        open.closeAll();
        setError(notLoaded(thrown));
      },
    );
  }, [isNeeded]);
  if (isNeeded && loaded !== undefined) return <loaded.Dock {...props} />;
  return error === undefined ? null : <ErrorNotice error={error} onDismiss={() => setError(undefined)} />;
}

function notLoaded(error: unknown): HostError {
  return new HostError("module.fetch_failed", "The terminal could not be loaded from this page's server", {
    hint: "Open it again; if the page was built anew meanwhile, reload it.",
    cause: asHostError(error),
  });
}
