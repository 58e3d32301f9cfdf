import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import type { HostSession, SessionState } from "../session/host-session.ts";
import { useObservable } from "../session/observable.ts";
import { TerminalView } from "./terminal-view.tsx";
import "./terminal.css";

/** The open terminals, below everything else and always in sight. */
export function TerminalDock(props: {
  readonly session: HostSession;
  readonly state: SessionState;
}): JSX.Element | null {
  const { terminals: open } = props.session;
  const { terminals, shown } = useObservable(open.state);
  const [focusWish, setFocusWish] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  if (terminals.length === 0) return null;
  const enter = (id: number): void => {
    open.show(id);
    setFocusWish(focusWish + 1);
  };
  const turn = (event: KeyboardEvent, by: number): void => {
    event.preventDefault();
    const at = terminals.findIndex(({ id }) => id === shown) + by;
    const next = terminals.at(at % terminals.length);
    if (next === undefined) return;
    tabs.current?.querySelector<HTMLElement>(`#terminal-tab-${next.id}`)?.focus();
  };
  const leave = (): void => tabs.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
  const close = (id: number): void => {
    open.close(id);
    if (open.state.value.terminals.length === 0) document.getElementById("main")?.focus();
  };
  const current = terminals.find(({ id }) => id === shown);
  return (
    <section class="terminals" aria-label="Terminals">
      <header class="terminals-head">
        <div
          ref={tabs}
          class="terminal-tabs"
          role="tablist"
          aria-label="Open terminals"
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") turn(event, 1);
            if (event.key === "ArrowLeft") turn(event, -1);
          }}
        >
          {terminals.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`terminal-tab-${id}`}
              class="terminal-tab"
              aria-selected={id === shown}
              aria-controls={`terminal-${id}`}
              tabIndex={id === shown ? 0 : -1}
              onClick={() => enter(id)}
            >
              {title}
            </button>
          ))}
        </div>
        <p class="terminals-hint">
          <kbd>Esc</kbd> leaves the terminal, <kbd>Enter</kbd> returns to it
        </p>
        {current === undefined ? null : (
          <Button
            variant="quiet"
            icon="close"
            label={`Close terminal ${current.title}`}
            onClick={() => close(current.id)}
          />
        )}
      </header>
      {terminals.map((terminal) => (
        <TerminalView
          key={terminal.id}
          terminal={terminal}
          state={props.state}
          isShown={terminal.id === shown}
          focusWish={focusWish}
          onLeave={leave}
        />
      ))}
    </section>
  );
}
