import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { JoinOptions } from "../../host-api.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { useSession } from "../session/session-context.ts";
import type { Action } from "../session/use-action.ts";
import {
  checkDraft,
  firstDraft,
  type LatticeDraft,
  type LatticeProblems,
  rememberDraft,
} from "./lattice-draft.ts";
import type { LatticeOffer } from "./lattice-offer.ts";

/** Where to join, and with which credentials. */
export function JoinForm(props: {
  readonly offer: LatticeOffer | undefined;
  readonly join: Action<[JoinOptions]>;
  /** Ends an attempt that runs. */
  readonly onCancel: () => void;
  readonly onJoined: () => void;
}): JSX.Element {
  const { session } = useSession();
  const { offer, join } = props;
  const [draft, setDraft] = useState<LatticeDraft>(() => firstDraft(offer));
  const [problems, setProblems] = useState<LatticeProblems>({});
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<LatticeDraft>): void => setDraft((last) => ({ ...last, ...part }));

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const checked = checkDraft(draft);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) {
      focusFirstInvalid(form.current);
      return;
    }
    if (!(await join.run(checked.options))) return;
    rememberDraft(draft);
    session.announce("Joined the lattice");
    props.onJoined();
  };
  const readFile = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file === undefined) return;
    change({ credentials: await file.slice(0, 64 * 1024).text() });
    input.value = "";
  };
  return (
    <form ref={form} class="form" noValidate onSubmit={(event) => void submit(event)}>
      {offer === undefined || offer.url === draft.servers.trim() ? null : (
        <p class="offer">
          <span>
            Offered here: {offer.label}, <code>{offer.url}</code>
          </span>
          <Button onClick={() => change({ servers: offer.url, namespace: offer.namespace })}>Use it</Button>
        </p>
      )}
      <Field label="Servers" hint="One or more, separated by commas or new lines." error={problems.servers}>
        {(binding) => (
          <textarea
            {...binding}
            rows={2}
            spellcheck={false}
            autocapitalize="off"
            placeholder="ws://127.0.0.1:4223"
            value={draft.servers}
            onInput={(event) => change({ servers: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Namespace"
        hint="Hosts see each other only in the same namespace."
        error={problems.namespace}
      >
        {(binding) => (
          <input
            {...binding}
            spellcheck={false}
            autocapitalize="off"
            value={draft.namespace}
            onInput={(event) => change({ namespace: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Credentials"
        hint="Only if the server asks for them: the text of a .creds file. Used for this connection, never stored."
        error={problems.credentials}
      >
        {(binding) => (
          <>
            <textarea
              {...binding}
              class="mono"
              rows={3}
              spellcheck={false}
              autocomplete="off"
              placeholder="-----BEGIN NATS USER JWT-----"
              value={draft.credentials}
              onInput={(event) => change({ credentials: event.currentTarget.value })}
            />
            <input
              type="file"
              class="file"
              aria-label="Credentials file"
              accept=".creds,.txt"
              onChange={(event) => void readFile(event.currentTarget)}
            />
          </>
        )}
      </Field>
      <Field
        label="Replicate the lattice cache"
        hint="Learn what other hosts know, and tell them. Not where several lattices share this server: its subjects carry no namespace."
      >
        {(binding) => (
          <input
            {...binding}
            type="checkbox"
            checked={draft.replicate}
            onChange={(event) => change({ replicate: event.currentTarget.checked })}
          />
        )}
      </Field>
      {join.error === undefined ? null : (
        <ErrorNotice error={join.error} testId="join-error" onDismiss={join.clear} />
      )}
      <div class="form-actions">
        {join.busy ? (
          <Button variant="quiet" onClick={props.onCancel}>
            Cancel
          </Button>
        ) : null}
        <Button variant="primary" submit disabled={join.busy}>
          {join.busy ? "Joining…" : "Join"}
        </Button>
      </div>
    </form>
  );
}
