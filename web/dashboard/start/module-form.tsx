import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import type { ActorStarts } from "./use-actor-starts.ts";

/** A module from a file or from an address. */
export function ModuleForm({ starts }: { readonly starts: ActorStarts }): JSX.Element {
  const [address, setAddress] = useState("");
  const [problem, setProblem] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = address.trim();
    const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : undefined;
    if (text === "" || url === undefined || !/^https?:$/.test(url.protocol)) {
      setProblem("Enter the http(s) address of a signed .wasm file.");
      focusFirstInvalid(form.current);
      return;
    }
    setProblem(undefined);
    if (await starts.startUrl(url.href, text)) setAddress("");
  };
  const takeFiles = (input: HTMLInputElement): void => {
    void starts.startFiles([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  };
  return (
    <form ref={form} class="module-form" noValidate onSubmit={(event) => void submit(event)}>
      <div class="module-file">
        <input
          ref={file}
          class="visually-hidden"
          type="file"
          accept=".wasm,application/wasm"
          multiple
          tabIndex={-1}
          aria-label="Actor module file"
          data-testid="file-input"
          onChange={(event) => takeFiles(event.currentTarget)}
        />
        <Button icon="upload" onClick={() => file.current?.click()}>
          Choose file
        </Button>
        <span class="muted drop-hint">or drop a signed .wasm anywhere</span>
      </div>
      <div class="module-url">
        <Field label="Module URL" class="field-inline" error={problem}>
          {(binding) => (
            <input
              {...binding}
              type="url"
              inputMode="url"
              spellcheck={false}
              autocapitalize="off"
              placeholder="https://…/actor.wasm"
              value={address}
              onInput={(event) => setAddress(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button submit label="Start from URL">
          Start
        </Button>
      </div>
    </form>
  );
}
