import type { JSX } from "preact";
import { momentText, spanText } from "../format/time.ts";
import { useNow } from "../format/use-now.ts";

/** How long the host has been up. */
export function Uptime({ startedAt }: { readonly startedAt: number }): JSX.Element {
  const now = useNow(1_000);
  return (
    <span class="uptime" title={`Started ${momentText(startedAt)}`}>
      <span class="muted">Up</span> {spanText(now - startedAt)}
    </span>
  );
}
