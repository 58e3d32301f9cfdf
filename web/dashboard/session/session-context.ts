import { type Context, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { HostSession, RunningHost } from "./host-session.ts";

/** What every panel needs: the session, and the host that runs in it. */
export interface SessionView extends RunningHost {
  readonly session: HostSession;
}

/** Provides the panels with the running host. */
export const SessionContext: Context<SessionView | undefined> = createContext<SessionView | undefined>(
  undefined,
);

/** The running host; only for components below a {@link SessionContext}. */
export function useSession(): SessionView {
  const view = useContext(SessionContext);
  if (view === undefined) throw new TypeError("useSession is for components below a SessionContext");
  return view;
}
