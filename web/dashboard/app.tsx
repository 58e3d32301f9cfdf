import type { JSX } from "preact";
import { Board } from "./board.tsx";
import { EventLogPanel } from "./events/event-log-panel.tsx";
import { Header } from "./header/header.tsx";
import type { HostSession } from "./session/host-session.ts";
import { EndedNotice } from "./session/life-cycle-notice.tsx";
import { useObservable } from "./session/observable.ts";
import { SessionContext, type SessionView } from "./session/session-context.ts";
import { Terminals } from "./terminal/terminals.tsx";

/** The whole page: what it shows depends on whether a host runs. */
export function App({ session }: { readonly session: HostSession }): JSX.Element {
  const state = useObservable(session.state);
  const announcement = useObservable(session.announcement);
  const view: SessionView | undefined = state.phase === "running" ? { ...state, session } : undefined;
  return (
    <SessionContext.Provider value={view}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header view={view} />
      <main id="main" tabIndex={-1}>
        {view === undefined ? <WithoutHost session={session} /> : <Board />}
      </main>
      <Terminals session={session} state={state} />
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </SessionContext.Provider>
  );
}

function WithoutHost({ session }: { readonly session: HostSession }): JSX.Element | null {
  const state = session.state.value;
  const restart = (): void => void session.start();
  switch (state.phase) {
    case "running":
      return null;
    case "starting":
      return (
        <p class="starting" role="status">
          <span class="progress-bar" aria-hidden="true" />
          Starting the host…
        </p>
      );
    case "failed":
      return (
        <EndedNotice
          title="The host did not start"
          text="Nothing runs in this tab."
          error={state.error}
          button="Try again"
          onRestart={restart}
        />
      );
    case "gone":
      return (
        <>
          <EndedNotice
            title={state.error === undefined ? "The host was stopped" : "The host has died"}
            text="Its actors, providers and links are gone with it. A new host starts empty, under a new key."
            error={state.error}
            button="Restart host"
            onRestart={restart}
          />
          <EventLogPanel feed={session.feed} />
        </>
      );
  }
}
