import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import type { SessionState } from "../session/host-session.ts";
import type { OpenTerminal } from "./open-terminals.ts";
import { terminalLinks } from "./terminal-links.ts";
import { useScreen } from "./use-screen.ts";
import { type SessionStage, useTerminalSession } from "./use-terminal-session.ts";

/** One terminal: its screen, and how its session fares. It goes on while another is shown. */
export function TerminalView(props: {
  readonly terminal: OpenTerminal;
  readonly state: SessionState;
  readonly isShown: boolean;
  /** Counts the wishes for the keyboard to be the terminal's. */
  readonly focusWish: number;
  readonly onLeave: () => void;
}): JSX.Element {
  const { terminal, state, isShown } = props;
  const host = state.phase === "running" ? state.host : undefined;
  const [attempt, setAttempt] = useState(0);
  const element = useRef<HTMLDivElement>(null);
  const type = useRef<(text: string) => void>(() => undefined);
  const screen = useScreen(element, {
    label: `Terminal ${terminal.title}`,
    onTyped: (text) => type.current(text),
    onLeave: props.onLeave,
  });
  const session = useTerminalSession(terminal, screen, host, attempt);
  type.current = session.type;
  useEffect(() => {
    if (isShown) screen?.focus();
  }, [screen, isShown, props.focusWish]);
  const { current: stage } = session;
  const reconnect = (): void => {
    setAttempt(attempt + 1);
    screen?.focus();
  };
  return (
    <div
      class="terminal"
      role="tabpanel"
      id={`terminal-${terminal.id}`}
      aria-labelledby={`terminal-tab-${terminal.id}`}
      data-stage={stage.stage}
      hidden={!isShown}
    >
      <div ref={element} class="terminal-screen" />
      <StageNote stage={stage} terminal={terminal} state={state} onReconnect={reconnect} />
    </div>
  );
}

function StageNote(props: {
  readonly stage: SessionStage;
  readonly terminal: OpenTerminal;
  readonly state: SessionState;
  readonly onReconnect: () => void;
}): JSX.Element | null {
  const { stage, terminal, state } = props;
  if (stage.stage === "open") return null;
  if (stage.stage === "connecting") {
    return (
      <p class="terminal-note" role="status">
        Connecting to {terminal.title}…
      </p>
    );
  }
  const button = <Button onClick={props.onReconnect}>Reconnect</Button>;
  if (stage.stage === "failed") {
    return (
      <div class="terminal-note">
        <ErrorNotice error={stage.error} testId="terminal-error" />
        {state.phase === "running" ? button : null}
      </div>
    );
  }
  const obstacle = obstacleTo(terminal, state);
  return (
    <div class="terminal-note" role="status">
      <p>
        <strong>{stage.reason}.</strong> {obstacle ?? ""}
      </p>
      {obstacle === undefined ? button : null}
    </div>
  );
}

/** What has to be done before it can be connected again. */
function obstacleTo({ actor, linkName }: OpenTerminal, state: SessionState): string | undefined {
  if (state.phase !== "running") return "It can be connected again once a host runs.";
  const { actors } = state.description;
  if (!terminalLinks(state.description, state.choices).some(isIt)) {
    return "It can be connected again once the actor is linked to a running provider of terminals.";
  }
  return actors.some(({ key }) => key === actor)
    ? undefined
    : "It can be connected again once the actor runs.";

  function isIt(link: { readonly actorId: string; readonly linkName: string }): boolean {
    return link.actorId === actor && link.linkName === linkName;
  }
}
