import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ActorDescription } from "../../../src/index.ts";
import { readArtifact } from "../artifacts/artifact-file.ts";
import { FileButton } from "../artifacts/file-button.tsx";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { ReferenceField } from "../controls/reference-field.tsx";
import { checkReference } from "../format/reference.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";

/** Where the new module comes from. */
type Source = { readonly file: File } | { readonly reference: string };

/** Replaces the module of an actor that runs in this tab, by a file or by reference. */
export function UpdateActorForm(props: {
  readonly actor: ActorDescription;
  readonly onDone: () => void;
}): JSX.Element {
  const { actor, onDone } = props;
  const { host, description, session } = useSession();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input:not([type=file])")?.focus(), []);
  const update = useAction(async (source: Source) => {
    const { revision } =
      "reference" in source
        ? await host.updateActorFrom(actor.key, source.reference)
        : await host.updateActor(
            actor.key,
            (await readArtifact(source.file, description.limits.moduleBytes)).bytes,
          );
    session.announce(`${actor.name} updated to revision ${revision}`);
  });
  const run = async (source: Source): Promise<void> => {
    setProblem(undefined);
    if (await update.run(source)) onDone();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const checked = checkReference(typed);
    if (checked.ok) {
      void run({ reference: checked.reference });
      return;
    }
    setProblem(checked.problem);
    focusFirstInvalid(form.current);
  };
  return (
    <form ref={form} class="form inset" aria-label={`Update ${actor.name}`} noValidate onSubmit={submit}>
      <ReferenceField
        label="New module"
        hint={`The address or image reference of a higher revision than ${actor.revision}, signed for the same actor. Calls wait meanwhile; if it fails, the running one stays.`}
        problem={problem}
        placeholder="https://…/actor.wasm"
        value={typed}
        onInput={setTyped}
      />
      {update.error === undefined ? null : (
        <ErrorNotice
          error={update.error}
          subject={`${actor.name} was not updated`}
          testId="update-error"
          onDismiss={update.clear}
        />
      )}
      <div class="form-actions">
        <FileButton
          text="From a file"
          label={`New module of ${actor.name}`}
          accept=".wasm,application/wasm"
          disabled={update.busy}
          onFiles={([file]) => {
            if (file !== undefined) void run({ file });
          }}
        />
        <Button variant="primary" submit disabled={update.busy}>
          {update.busy ? "Updating…" : "Update"}
        </Button>
      </div>
    </form>
  );
}
