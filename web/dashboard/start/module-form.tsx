import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { ARTIFACT_FILES } from "../artifacts/artifact-file.ts";
import { FileButton } from "../artifacts/file-button.tsx";
import { Button } from "../controls/button.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { ReferenceField } from "../controls/reference-field.tsx";
import { checkReference } from "../format/reference.ts";
import type { ActorStarts } from "./use-actor-starts.ts";

/** A module or archive from a file, or a module from an address or a registry. */
export function ModuleForm({ starts }: { readonly starts: ActorStarts }): JSX.Element {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const checked = checkReference(typed);
    setProblem(checked.ok ? undefined : checked.problem);
    if (!checked.ok) {
      focusFirstInvalid(form.current);
      return;
    }
    if (await starts.startFrom(checked.reference, typed.trim())) setTyped("");
  };
  return (
    <form ref={form} class="module-form" noValidate onSubmit={(event) => void submit(event)}>
      <div class="module-file">
        <FileButton
          text="Choose file"
          label="Actor module or provider archive"
          accept={ARTIFACT_FILES}
          multiple
          testId="file-input"
          onFiles={(files) => void starts.startFiles(files)}
        />
        <span class="muted drop-hint">or drop a signed .wasm or .par anywhere</span>
      </div>
      <div class="module-url">
        <ReferenceField
          label="Address or image"
          class="field-inline"
          hint="Of a signed module: http(s)://… or registry.example.com/team/name:1.0.0"
          problem={problem}
          placeholder="https://…/actor.wasm"
          value={typed}
          onInput={setTyped}
        />
        <Button submit label="Start from reference">
          Start
        </Button>
      </div>
    </form>
  );
}
