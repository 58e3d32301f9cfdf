import type { JSX } from "preact";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { clockText } from "../format/time.ts";
import { useSession } from "./session-context.ts";

/** Says so while the host does not answer, since what the page shows may be out of date then. */
export function StaleNotice(): JSX.Element | null {
  const { stale, session } = useSession();
  if (stale === undefined) return null;
  return (
    <div class="notice notice-warn" role="alert">
      <Icon name="alert" />
      <div class="notice-text">
        <p>
          The host has not answered since {clockText(stale.since)}; what this page shows may be out of date.{" "}
          {stale.error.message}
        </p>
      </div>
      <Button onClick={() => void session.refresh()}>Ask again</Button>
    </div>
  );
}
