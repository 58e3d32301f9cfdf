import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { Panel } from "../controls/panel.tsx";
import { useSession } from "../session/session-context.ts";
import type { Example } from "../start/examples.ts";
import { CallHistory } from "./call-history.tsx";
import type { CallRequest } from "./call-result.ts";
import { OperationField } from "./operation-field.tsx";
import { encodePayload } from "./payload.ts";
import { PayloadField } from "./payload-field.tsx";
import { ReplyView } from "./reply-view.tsx";
import { payloadText, samplesFor } from "./samples.ts";
import { TargetField } from "./target-field.tsx";
import { useCalls } from "./use-calls.ts";

/** A wish, from elsewhere on the page, to call an actor. A new object is a new wish. */
export interface ConsoleWish {
  readonly target: string;
}

type Problems = Partial<Record<"target" | "operation" | "payload", string>>;

/** Calls any actor with any payload and shows what comes back. */
export function ConsolePanel(props: {
  readonly examples: readonly Example[];
  readonly wish: ConsoleWish | undefined;
}): JSX.Element {
  const { actors } = useSession().description;
  const calls = useCalls();
  const form = useRef<HTMLFormElement>(null);
  const [target, setTarget] = useState<string>();
  const [draft, setDraft] = useState<Omit<CallRequest, "target">>();
  const [problems, setProblems] = useState<Problems>({});

  const effectiveTarget = target ?? actors[0]?.key ?? "";
  const samples = samplesFor(
    actors.find((actor) => actor.key === effectiveTarget || actor.callAlias === effectiveTarget),
    props.examples,
  );
  const [first] = samples;
  // Until the user types something, the first sample of the target stands in the fields.
  const suggested = {
    operation: first?.operation ?? "",
    format: "json" as const,
    payload: first === undefined ? "" : payloadText(first),
  };
  const fields = draft ?? suggested;
  const request: CallRequest = { ...fields, target: effectiveTarget };
  const change = (part: Partial<typeof fields>): void => setDraft({ ...fields, ...part });

  useEffect(() => {
    if (props.wish === undefined) return;
    setTarget(props.wish.target);
    const isKnown = props.wish.target === effectiveTarget;
    if (!isKnown) setDraft(undefined);
    document.getElementById("console")?.scrollIntoView({ block: "nearest" });
    form.current?.querySelector<HTMLElement>("[name=operation]")?.focus({ preventScroll: true });
  }, [props.wish]);

  const send = (event?: Event): void => {
    event?.preventDefault();
    const payload = encodePayload(request.payload, request.format);
    const found: Problems = {
      ...(request.target.trim() === "" ? { target: "Choose an actor, or enter an alias or key." } : {}),
      ...(request.operation.trim() === "" ? { operation: "Enter an operation." } : {}),
      ...(payload.ok ? {} : { payload: payload.problem }),
    };
    setProblems(found);
    if (!payload.ok || Object.keys(found).length > 0) {
      focusFirstInvalid(form.current);
      return;
    }
    void calls.call(
      { ...request, target: request.target.trim(), operation: request.operation.trim() },
      payload.bytes,
    );
  };
  return (
    <Panel id="console" title="Call console" class="console">
      <form
        ref={form}
        class="form"
        aria-label="Call an actor"
        noValidate
        onSubmit={send}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
        }}
      >
        <TargetField target={effectiveTarget} problem={problems.target} onChange={setTarget} />
        <OperationField
          operation={request.operation}
          problem={problems.operation}
          samples={samples}
          onChange={(operation) => change({ operation })}
          onSample={(sample) =>
            setDraft({ operation: sample.operation, format: "json", payload: payloadText(sample) })
          }
        />
        <PayloadField
          format={request.format}
          payload={request.payload}
          problem={problems.payload}
          onChange={change}
        />
        <div class="form-actions">
          <span class="muted hint-keys">Ctrl or ⌘ with Enter</span>
          <Button variant="primary" submit disabled={calls.isCalling}>
            {calls.isCalling ? "Calling…" : "Send"}
          </Button>
        </div>
      </form>
      <ReplyView result={calls.shown} isCalling={calls.isCalling} onDismiss={() => calls.show(undefined)} />
      <CallHistory
        history={calls.history}
        shown={calls.shown}
        onChoose={(result) => {
          const { target: lastTarget, ...rest } = result.request;
          setTarget(lastTarget);
          setDraft(rest);
          setProblems({});
          calls.show(result);
        }}
      />
    </Panel>
  );
}
