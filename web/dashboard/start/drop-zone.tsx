import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../controls/icon.tsx";

/** Takes files dropped anywhere on the page, and shows so while they hover above it. */
export function DropZone({
  onFiles,
}: {
  readonly onFiles: (files: readonly File[]) => void;
}): JSX.Element | null {
  const [isOver, setOver] = useState(false);
  const receive = useRef(onFiles);
  receive.current = onFiles;
  useEffect(() => {
    let depth = 0; // enter and leave fire for every element on the way
    const listeners = {
      dragenter(event: DragEvent): void {
        if (!carriesFiles(event)) return;
        depth += 1;
        setOver(true);
      },
      dragover(event: DragEvent): void {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
      },
      dragleave(event: DragEvent): void {
        if (!carriesFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      },
      drop(event: DragEvent): void {
        if (!carriesFiles(event)) return;
        event.preventDefault(); // else the browser leaves the page for the file, and the host with it
        depth = 0;
        setOver(false);
        receive.current([...(event.dataTransfer?.files ?? [])]);
      },
    };
    const kinds = Object.keys(listeners) as (keyof typeof listeners)[];
    for (const kind of kinds) window.addEventListener(kind, listeners[kind]);
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, listeners[kind]);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div class="drop-overlay" aria-hidden="true">
      <div class="drop-card">
        <Icon name="upload" />
        <strong>Drop to start</strong>
        <span>Signed .wasm modules start as actors, .par archives as providers</span>
      </div>
    </div>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
