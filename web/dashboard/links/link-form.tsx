import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LinkValueFact } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { checkLinkDraft, type LinkDraft, type LinkPrefill, type LinkProblems } from "./link-draft.ts";
import { ActorField, ProviderField } from "./party-fields.tsx";
import { requiredRows } from "./value-facts.tsx";
import { ValueRows } from "./value-rows.tsx";

const emptyDraft: LinkDraft = {
  actorId: "",
  providerId: "",
  contractId: "",
  linkName: "default",
  values: [],
};

/** Sets a link between two parties, which need not run here. */
export function LinkForm(props: {
  /** What is known of it already; read once. */
  readonly prefill: LinkPrefill | undefined;
  readonly onDone: () => void;
}): JSX.Element {
  const { prefill, onDone } = props;
  const { host, description, session, choices } = useSession();
  const factsOf = (providerId: string): readonly LinkValueFact[] =>
    choices.find(({ id }) => id === providerId.trim())?.linkValues ?? [];
  const [draft, setDraft] = useState<LinkDraft>(() => {
    const first = { ...emptyDraft, ...prefill };
    return { ...first, values: requiredRows(factsOf(first.providerId), first.values) };
  });
  const [problems, setProblems] = useState<LinkProblems>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (prefill === undefined) return;
    form.current?.scrollIntoView({ block: "nearest" });
    // What is still to be entered comes first; a list with nothing chosen is empty too.
    const fields = [...(form.current?.querySelectorAll<HTMLInputElement>("input, select") ?? [])];
    (fields.find(({ value }) => value === "") ?? fields[0])?.focus({ preventScroll: true });
  }, []);
  const set = useAction(host.setLink.bind(host));
  const change = (part: Partial<LinkDraft>): void =>
    setDraft((last) => {
      const next = { ...last, ...part };
      if (next.providerId === last.providerId) return next;
      // What was offered for the provider before, and not filled in, goes with it.
      const given = next.values.filter(({ value }) => value !== "");
      return { ...next, values: requiredRows(factsOf(next.providerId), given) };
    });
  const facts = factsOf(draft.providerId);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const checked = checkLinkDraft(draft, facts);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) {
      focusFirstInvalid(form.current);
      return;
    }
    if (!(await set.run(checked.link))) return;
    session.announce("Link set");
    onDone();
  };
  const actor = description.actors.find((candidate) => candidate.key === draft.actorId);
  const contract = draft.contractId.trim();
  const lacks = actor !== undefined && contract !== "" && actor.capabilities?.includes(contract) !== true;
  return (
    <form
      ref={form}
      class="form inset"
      aria-label="Add link"
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <div class="form-grid">
        <ActorField draft={draft} problem={problems.actorId} onChange={change} />
        <ProviderField draft={draft} problem={problems.providerId} onChange={change} />
        <Field label="Contract" error={problems.contractId}>
          {(binding) => (
            <input
              {...binding}
              spellcheck={false}
              autocapitalize="off"
              placeholder="wasmcloud:keyvalue"
              value={draft.contractId}
              onInput={(event) => change({ contractId: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Link name" error={problems.linkName}>
          {(binding) => (
            <input
              {...binding}
              spellcheck={false}
              autocapitalize="off"
              value={draft.linkName}
              onInput={(event) => change({ linkName: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <ValueRows
        rows={draft.values}
        facts={facts}
        problem={problems.values}
        onChange={(values) => change({ values })}
      />
      {lacks ? (
        <p class="field-warning" role="status">
          {actor.name} is not signed for {contract}; the host will refuse to bind this link.
        </p>
      ) : null}
      {set.error === undefined ? null : (
        <ErrorNotice error={set.error} testId="link-error" onDismiss={set.clear} />
      )}
      <div class="form-actions">
        <Button variant="primary" submit disabled={set.busy}>
          {set.busy ? "Setting…" : "Set link"}
        </Button>
      </div>
    </form>
  );
}
