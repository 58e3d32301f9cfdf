import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asHostError, type HostError } from "../../../src/errors/index.ts";
import type { ActorDescription, LogRecord } from "../../../src/index.ts";
import { Dialog } from "../controls/dialog.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Empty } from "../controls/panel.tsx";
import { clockText } from "../format/time.ts";
import { useSession } from "../session/session-context.ts";

const pollMs = 1_000;

/** What an actor has logged, newest first, kept up to date while it is open. */
export function ActorLogDialog(props: {
  readonly actor: ActorDescription;
  readonly onClose: () => void;
}): JSX.Element {
  const { host } = useSession();
  const { key, name } = props.actor;
  const [lines, setLines] = useState<readonly LogRecord[]>();
  const [error, setError] = useState<HostError>();
  useEffect(() => {
    let isOpen = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      try {
        const log = await host.actorLog(key);
        if (!isOpen) return;
        setLines(log.toReversed());
        setError(undefined);
      } catch (thrown) {
        if (isOpen) setError(asHostError(thrown));
      }
      if (isOpen) timer = setTimeout(() => void read(), pollMs);
    };
    void read();
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, [host, key]);
  return (
    <Dialog title={`Log of ${name}`} wide onClose={props.onClose}>
      {error === undefined ? null : <ErrorNotice error={error} />}
      {lines === undefined ? null : lines.length === 0 ? (
        <Empty>{name} has not logged anything yet.</Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div class="log-lines" role="log" aria-label={`Log of ${name}`} aria-live="off" tabIndex={0}>
          <ol>
            {lines.map((line, index) => (
              <li key={`${line.time}-${lines.length - index}`} class={`log-line level-${line.level}`}>
                <time>{clockText(line.time)}</time>
                <span class="log-level">{line.level}</span>
                <span class="log-text">{line.message}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Dialog>
  );
}
