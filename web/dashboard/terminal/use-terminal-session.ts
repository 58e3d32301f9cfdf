import { useEffect, useRef, useState } from "preact/hooks";
import { asHostError, type HostError, messageOf } from "../../../src/errors/index.ts";
import type { HostClient } from "../../host-client.ts";
import type { TerminalSession } from "../../terminal/terminal-session.ts";
import type { OpenTerminal } from "./open-terminals.ts";
import type { Screen } from "./screen.ts";

/** Where a terminal's session stands. */
export type SessionStage =
  | { readonly stage: "connecting" }
  | { readonly stage: "open" }
  | { readonly stage: "ended"; readonly reason: string }
  | { readonly stage: "failed"; readonly error: HostError };

/** A session, and how to type into it. */
export interface ConnectedSession {
  readonly current: SessionStage;
  type(text: string): void;
}

/**
 * Opens a session of a terminal on the host as soon as there is a screen, and again with every attempt. Closed when the
 * component goes.
 */
export function useTerminalSession(
  { actor, linkName }: OpenTerminal,
  screen: Screen | undefined,
  host: HostClient | undefined,
  attempt: number,
): ConnectedSession {
  const [current, setCurrent] = useState<SessionStage>({ stage: "connecting" });
  const session = useRef<TerminalSession | undefined>(undefined);
  useEffect(() => {
    if (screen === undefined) return;
    if (host === undefined) {
      setCurrent({ stage: "ended", reason: "No host runs" });
      return;
    }
    let isGone = false;
    const tell = (stage: SessionStage): void => {
      if (!isGone) setCurrent(stage);
    };
    const run = async (): Promise<void> => {
      const opened = await host.openTerminal({ actor, linkName });
      if (isGone) return opened.close();
      session.current = opened;
      tell({ stage: "open" });
      for await (const text of opened) await screen.write(text);
      const reason = await opened.closed;
      if (!isGone) screen.notice(reason);
      tell({ stage: "ended", reason });
    };
    tell({ stage: "connecting" });
    run().catch((error: unknown) => tell({ stage: "failed", error: asHostError(error) }));
    return () => {
      isGone = true;
      session.current?.close();
      session.current = undefined;
    };
  }, [screen, attempt]);
  const type = (text: string): void => {
    try {
      session.current?.write(text);
    } catch (error) {
      screen?.notice(messageOf(error));
    }
  };
  return { current, type };
}
