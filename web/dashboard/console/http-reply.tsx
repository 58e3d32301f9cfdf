import type { JSX } from "preact";
import { Badge, type Tone } from "../controls/badge.tsx";
import { hexDump } from "./hex.ts";
import type { HttpResponse } from "./reply.ts";

/** An HTTP response as a person reads it: status, headers, body. */
export function HttpReply({ response }: { readonly response: HttpResponse }): JSX.Element {
  const { statusCode, status, header, body, bodyText } = response;
  return (
    <div class="http">
      <p>
        <Badge tone={toneOf(statusCode)} dot>
          {statusCode} {status}
        </Badge>
      </p>
      {header.length === 0 ? null : (
        <dl class="http-header" aria-label="Response headers">
          {header.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {body.length === 0 ? (
        <p class="muted">The body is empty.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre class="code" tabIndex={0}>
          {bodyText ?? hexDump(body)}
        </pre>
      )}
    </div>
  );
}

function toneOf(statusCode: number): Tone {
  if (statusCode >= 500) return "bad";
  if (statusCode >= 400) return "warn";
  return statusCode >= 300 ? "info" : "ok";
}
