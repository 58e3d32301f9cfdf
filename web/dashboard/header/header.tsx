import type { ComponentChildren, JSX } from "preact";
import { KeyText } from "../controls/key-text.tsx";
import { LatticeStatus } from "../lattice/lattice-status.tsx";
import type { SessionView } from "../session/session-context.ts";
import { Mark } from "./mark.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";
import { Uptime } from "./uptime.tsx";

/** The bar on top of the page; it can be there before and after a host. */
export function Header({ view }: { readonly view: SessionView | undefined }): JSX.Element {
  return (
    <header class="header">
      <div class="header-bar">
        <h1 class="brand">
          <Mark />
          weblattice
        </h1>
        {view === undefined ? null : (
          <HostIdentity>
            <KeyText value={view.description.id} what="host key" testId="host-key" />
            <Uptime startedAt={view.description.startedAt} />
          </HostIdentity>
        )}
        <div class="header-end">
          {view === undefined ? null : <LatticeStatus />}
          <ThemeToggle />
        </div>
      </div>
    </header>
  );
}

function HostIdentity({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: not form fields
    <div class="identity" role="group" aria-label="This host">
      <span class="muted">Host</span>
      {children}
    </div>
  );
}
