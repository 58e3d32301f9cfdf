import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fromErrorRecord } from "../../../src/errors/index.ts";
import { MANIFEST_LIMITS, type ManifestFormat, manifestFormat } from "../../../src/index.ts";
import type { ItemFailure } from "../../host-api.ts";
import { FileButton } from "../artifacts/file-button.tsx";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { countText } from "../format/amount.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";

/** Starts and links what a manifest asks for, from a file or as pasted. */
export function ApplyManifestForm(): JSX.Element {
  const { host, session } = useSession();
  const [text, setText] = useState("");
  const [fileName, setFileName] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [failures, setFailures] = useState<readonly ItemFailure[]>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("textarea")?.focus(), []);
  const apply = useAction(async () => {
    const failed = await host.applyManifest(text, formatOf(text, fileName));
    setFailures(failed);
    session.announce(resultText(failed));
  });

  const submit = (event: Event): void => {
    event.preventDefault();
    const found = text.trim() === "" ? "Paste a manifest, or choose its file." : undefined;
    setProblem(found);
    setFailures(undefined);
    if (found === undefined) void apply.run();
    else focusFirstInvalid(form.current);
  };
  const readFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setFailures(undefined);
    apply.clear();
    // A character takes at least one byte: what is longer is no manifest.
    if (file.size > 4 * MANIFEST_LIMITS.characters) {
      setProblem(`${file.name} is too long for a manifest.`);
      return;
    }
    setProblem(undefined);
    setText(await file.text());
    setFileName(file.name);
  };
  return (
    <form ref={form} class="form inset" aria-label="Apply a manifest" noValidate onSubmit={submit}>
      <Field
        label="Manifest"
        hint="YAML or JSON. Actors and providers by http(s) address, image reference or built-in name: files beside a manifest are not found here."
        error={problem}
      >
        {(binding) => (
          <textarea
            {...binding}
            class="mono"
            rows={8}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            placeholder={"actors:\n  - registry.example.com/team/echo:0.3.2\ncapabilities: []\nlinks: []"}
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              setFileName(undefined);
            }}
          />
        )}
      </Field>
      <div class="form-actions">
        {fileName === undefined ? null : <span class="muted break">{fileName}</span>}
        <FileButton
          text="From a file"
          label="Manifest file"
          accept=".yaml,.yml,.json"
          disabled={apply.busy}
          onFiles={([file]) => void readFile(file)}
        />
        <Button variant="primary" submit disabled={apply.busy}>
          {apply.busy ? "Applying…" : "Apply"}
        </Button>
      </div>
      {apply.error === undefined ? null : (
        <ErrorNotice
          error={apply.error}
          subject="The manifest was not applied"
          testId="manifest-error"
          onDismiss={apply.clear}
        />
      )}
      {failures === undefined ? null : <Failures failures={failures} />}
    </form>
  );
}

function Failures({ failures }: { readonly failures: readonly ItemFailure[] }): JSX.Element {
  return (
    <>
      <p class={failures.length === 0 ? "" : "bad"}>{resultText(failures)}</p>
      {failures.length === 0 ? null : (
        <ul class="failures" aria-label="Not applied">
          {failures.map(({ item, error }) => (
            <li key={item}>
              <ErrorNotice error={fromErrorRecord(error)} subject={item} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function resultText(failures: readonly ItemFailure[]): string {
  return failures.length === 0
    ? "Everything in the manifest was applied."
    : `${countText(failures.length, "item was", "items were")} not applied; the rest was.`;
}

/** By the name of the file, else by the look of the text. */
function formatOf(text: string, fileName: string | undefined): ManifestFormat {
  if (fileName !== undefined) return manifestFormat(fileName);
  return text.trimStart().startsWith("{") ? "json" : "yaml";
}
