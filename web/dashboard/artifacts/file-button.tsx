import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../controls/button.tsx";

/** A button that lets the user choose files. */
export function FileButton(props: {
  readonly text: string;
  /** What the file is, for screen readers and tests. */
  readonly label: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly onFiles: (files: readonly File[]) => void;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const take = (element: HTMLInputElement): void => {
    const files = [...(element.files ?? [])];
    element.value = ""; // so that the same file can be chosen again
    if (files.length > 0) props.onFiles(files);
  };
  return (
    <>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept={props.accept}
        multiple={props.multiple}
        tabIndex={-1}
        aria-label={props.label}
        data-testid={props.testId}
        onChange={(event) => take(event.currentTarget)}
      />
      <Button icon="upload" disabled={props.disabled ?? false} onClick={() => input.current?.click()}>
        {props.text}
      </Button>
    </>
  );
}
