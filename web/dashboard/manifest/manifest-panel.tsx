import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Panel } from "../controls/panel.tsx";
import { ApplyManifestForm } from "./apply-manifest-form.tsx";
import { ManifestExport } from "./manifest-export.tsx";

/** What runs here as a file, and back. */
export function ManifestPanel(): JSX.Element {
  const [open, setOpen] = useState<"export" | "apply">();
  const toggle = (part: "export" | "apply"): void => setOpen(open === part ? undefined : part);
  return (
    <Panel
      id="manifest"
      title="Manifest"
      actions={
        <>
          <Button
            icon="download"
            label="Export manifest"
            expanded={open === "export"}
            controls="manifest-part"
            onClick={() => toggle("export")}
          >
            Export…
          </Button>
          <Button
            icon="upload"
            label="Apply a manifest"
            expanded={open === "apply"}
            controls="manifest-part"
            onClick={() => toggle("apply")}
          >
            Apply…
          </Button>
        </>
      }
    >
      <p class="lead">
        A file that says which actors, providers and links a host starts with. Export what runs here, or apply
        one to this tab.
      </p>
      <div id="manifest-part" class="manifest-part">
        {open === "export" ? <ManifestExport /> : null}
        {open === "apply" ? <ApplyManifestForm /> : null}
      </div>
    </Panel>
  );
}
