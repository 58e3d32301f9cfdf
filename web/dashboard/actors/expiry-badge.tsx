import type { JSX } from "preact";
import { Badge } from "../controls/badge.tsx";
import { momentText, spanText } from "../format/time.ts";
import { useNow } from "../format/use-now.ts";

const soonMs = 7 * 86_400_000;

/** Warns of claims that have expired or soon will. Says nothing about others. */
export function ExpiryBadge({ expires }: { readonly expires: number }): JSX.Element | null {
  const now = useNow(1_000);
  const left = expires * 1000 - now;
  if (left > soonMs) return null;
  const title = `The claims ${left <= 0 ? "expired" : "expire"} ${momentText(expires * 1000)}. Sign the module again.`;
  return left <= 0 ? (
    <Badge tone="bad" title={title}>
      Claims expired
    </Badge>
  ) : (
    <Badge tone="warn" title={title}>
      Claims expire in {spanText(left)}
    </Badge>
  );
}
