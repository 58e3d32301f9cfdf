import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ManifestText } from "../../host-api.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Icon } from "../controls/icon.tsx";
import { countText } from "../format/amount.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { downloadText } from "./download.ts";

/** The manifest of what runs now: what it lacks and what it gives away, before it is saved. */
export function ManifestExport(): JSX.Element {
  const { host, session, description } = useSession();
  const [exported, setExported] = useState<ManifestText>();
  const read = useAction(async () => setExported(await host.exportManifest("yaml")));
  useEffect(() => void read.run(), []);
  const withValues = description.links.filter(({ values }) => Object.keys(values).length > 0).length;
  const save = (): void => {
    if (exported === undefined) return;
    downloadText("weblattice-manifest.yaml", "application/yaml", exported.text);
    session.announce("Manifest saved");
  };
  return (
    <section class="form inset" aria-label="Export manifest">
      {read.busy ? (
        <p class="progress" role="status">
          <span class="progress-bar" aria-hidden="true" />
          Writing the manifest…
        </p>
      ) : null}
      {read.error === undefined ? null : (
        <ErrorNotice error={read.error} subject="The manifest was not written" testId="manifest-error" />
      )}
      {exported === undefined ? null : (
        <>
          <div class="notice notice-warn" role="note">
            <Icon name="alert" />
            <div class="notice-text">
              <p>
                The file holds the values of all links in plain text, and they may be secrets.{" "}
                {withValues === 0
                  ? "No link has values now."
                  : `${countText(withValues, "link has", "links have")} values now.`}
              </p>
            </div>
          </div>
          {exported.omitted.length === 0 ? (
            <p>Nothing is left out.</p>
          ) : (
            <div>
              <p>Left out, since no reference leads to it:</p>
              <ul class="omitted" aria-label="Left out of the manifest">
                {exported.omitted.map((item) => (
                  <li key={item}>{item}</li>
                ))}
              </ul>
            </div>
          )}
        </>
      )}
      <div class="form-actions">
        <Button variant="quiet" icon="refresh" disabled={read.busy} onClick={() => void read.run()}>
          Write again
        </Button>
        <Button
          variant="primary"
          icon="download"
          disabled={exported === undefined || read.busy}
          onClick={save}
        >
          Download YAML
        </Button>
      </div>
    </section>
  );
}
