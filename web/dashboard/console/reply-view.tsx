import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { bytesText } from "../format/amount.ts";
import { durationText } from "../format/time.ts";
import type { CallResult } from "./call-result.ts";
import { hexDump } from "./hex.ts";
import { HttpReply } from "./http-reply.tsx";
import { type Reply, readReply } from "./reply.ts";

/** How a call went: the reply and its figures, or the error. */
export function ReplyView(props: {
  readonly result: CallResult | undefined;
  readonly isCalling: boolean;
  readonly onDismiss: () => void;
}): JSX.Element {
  const { result, isCalling } = props;
  const box = useRef<HTMLDivElement>(null);
  const lastHeight = useRef(0);
  useLayoutEffect(() => {
    if (!isCalling) lastHeight.current = box.current?.offsetHeight ?? 0;
  });
  // The room of the last outcome is kept while the next one is awaited, so that what stands below does not jump.
  return (
    <div ref={box} class="outcome" style={{ minHeight: isCalling ? `${lastHeight.current}px` : "0" }}>
      <p class="outcome-line" role="status">
        {isCalling ? "Waiting for the reply…" : result === undefined ? "" : summaryOf(result)}
      </p>
      {result === undefined ? null : result.outcome.ok ? (
        <ReplyBody key={result.id} bytes={result.outcome.reply} />
      ) : (
        <ErrorNotice error={result.outcome.error} testId="call-error" onDismiss={props.onDismiss} />
      )}
    </div>
  );
}

function summaryOf({ request, name, durationMs, outcome }: CallResult): string {
  const size = outcome.ok ? ` · ${bytesText(outcome.reply.length)}` : "";
  return `${name} · ${request.operation} ${outcome.ok ? "answered in" : "failed after"} ${durationText(durationMs)}${size}`;
}

function ReplyBody({ bytes }: { readonly bytes: Uint8Array }): JSX.Element {
  const [isRaw, setRaw] = useState(false);
  const reply = useMemo(() => readReply(bytes), [bytes]);
  return (
    <div class="reply">
      {/* biome-ignore lint/a11y/useSemanticElements: toggle buttons, not form fields */}
      <div class="segments" role="group" aria-label="Show the reply as">
        <button type="button" aria-pressed={!isRaw} onClick={() => setRaw(false)}>
          Decoded
        </button>
        <button type="button" aria-pressed={isRaw} onClick={() => setRaw(true)}>
          Raw hex
        </button>
      </div>
      <div data-testid="call-reply">
        {isRaw ? (
          <Text text={bytes.length === 0 ? "(no bytes)" : hexDump(bytes)} />
        ) : (
          <Decoded reply={reply} bytes={bytes} />
        )}
      </div>
    </div>
  );
}

function Decoded({ reply, bytes }: { readonly reply: Reply; readonly bytes: Uint8Array }): JSX.Element {
  switch (reply.kind) {
    case "empty":
      return <p class="muted">The reply is empty (0 bytes).</p>;
    case "http":
      return <HttpReply response={reply.response} />;
    case "value":
      return <Text text={reply.text} />;
    case "text":
      return <Text text={reply.text} note="Text, not MessagePack" />;
    case "bytes":
      return <Text text={hexDump(bytes)} note="Neither MessagePack nor text" />;
  }
}

function Text({ text, note }: { readonly text: string; readonly note?: string }): JSX.Element {
  return (
    <>
      {note === undefined ? null : <p class="muted">{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre class="code" tabIndex={0}>
        {text}
      </pre>
    </>
  );
}
