import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { LinkNameField } from "../controls/link-name-field.tsx";
import { linkNameOf } from "../format/link-name.ts";
import { referenceProblem } from "../format/reference.ts";
import type { ValueRow } from "../links/link-draft.ts";
import { type RowWords, ValueRows } from "../links/value-rows.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { BidderList, type Wanted } from "./bidder-list.tsx";
import { constraintsOf } from "./constraints.ts";
import type { LatticeWatch } from "./lattice-watch.ts";

const labelWords: RowWords = {
  legend: "Labels that the host must have",
  one: "label",
  name: "hostcore.os",
  value: "Value of label",
};

/** Asks all hosts which of them would start something, and lets it be started on one of those. */
export function FindHostForm({ watch }: { readonly watch: LatticeWatch }): JSX.Element {
  const { host } = useSession();
  const [kind, setKind] = useState<Wanted["kind"]>("actor");
  const [reference, setReference] = useState("");
  const [linkName, setLinkName] = useState("default");
  const [rows, setRows] = useState<readonly ValueRow[]>([]);
  const [problems, setProblems] = useState<{ readonly reference?: string; readonly rows?: string }>({});
  const [bids, setBids] = useState<{ readonly wanted: Wanted; readonly hostIds: readonly string[] }>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const ask = useAction(async (wanted: Wanted, constraints: Readonly<Record<string, string>>) => {
    const hostIds = await (wanted.kind === "actor"
      ? host.auctionActor(wanted.reference, constraints)
      : host.auctionProvider(wanted.reference, wanted.linkName, constraints));
    setBids({ wanted, hostIds });
  });

  const submit = (event: Event): void => {
    event.preventDefault();
    const checked = constraintsOf(rows);
    const wrong = referenceProblem(reference);
    setProblems({
      ...(wrong === undefined ? {} : { reference: wrong }),
      ...(checked.ok ? {} : { rows: checked.problem }),
    });
    if (wrong !== undefined || !checked.ok) {
      focusFirstInvalid(form.current);
      return;
    }
    setBids(undefined);
    void ask.run({ kind, reference: reference.trim(), linkName: linkNameOf(linkName) }, checked.constraints);
  };
  return (
    <form ref={form} class="form inset" aria-label="Find a host" noValidate onSubmit={submit}>
      <div class="form-grid">
        <Field label="For">
          {(binding) => (
            <select
              {...binding}
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value === "provider" ? "provider" : "actor")}
            >
              <option value="actor">an actor</option>
              <option value="provider">a provider</option>
            </select>
          )}
        </Field>
        <Field
          label="Reference"
          hint="What is to be started. Hosts that run it already do not answer."
          error={problems.reference}
        >
          {(binding) => (
            <input
              {...binding}
              spellcheck={false}
              autocapitalize="off"
              placeholder="registry.example.com/team/name:1.0.0"
              value={reference}
              onInput={(event) => setReference(event.currentTarget.value)}
            />
          )}
        </Field>
        {kind === "provider" ? <LinkNameField value={linkName} onInput={setLinkName} /> : null}
      </div>
      <ValueRows rows={rows} problem={problems.rows} onChange={setRows} words={labelWords} />
      {ask.error === undefined ? null : (
        <ErrorNotice error={ask.error} testId="auction-error" onDismiss={ask.clear} />
      )}
      <div class="form-actions">
        <Button variant="primary" submit disabled={ask.busy}>
          {ask.busy ? "Asking…" : "Ask all hosts"}
        </Button>
      </div>
      {bids === undefined ? null : <BidderList {...bids} watch={watch} />}
    </form>
  );
}
