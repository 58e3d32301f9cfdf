import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LatticeDescription } from "../../../src/index.ts";
import type { Tone } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Icon } from "../controls/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { LatticeDialog } from "./lattice-dialog.tsx";
import { embeddedLabel, isOffered, useLatticeOffer } from "./lattice-offer.ts";

const tones: Readonly<Record<LatticeDescription["state"], Tone>> = {
  standalone: "neutral",
  connecting: "warn",
  connected: "ok",
  reconnecting: "warn",
};

/** The lattice's state in the header, the way to change it, and the one click to the offered lattice. */
export function LatticeStatus(): JSX.Element {
  const { host, description } = useSession();
  const { lattice } = description;
  const offer = useLatticeOffer();
  const [isOpen, setOpen] = useState(false);
  const join = useAction(host.join.bind(host));
  const embedded = isOffered(offer, lattice.server) && offer?.embedded === true;
  const text = stateText(lattice);
  return (
    <div class="lattice-status">
      <button
        type="button"
        class={`pill tone-${tones[lattice.state]}`}
        aria-haspopup="dialog"
        aria-label={`Lattice: ${text}${embedded ? `, ${embeddedLabel}` : ""}. Open lattice settings`}
        data-testid="lattice-state"
        data-state={lattice.state}
        onClick={() => setOpen(true)}
      >
        <span class="dot" aria-hidden="true" />
        <span class="pill-text">{text}</span>
        {embedded ? <span class="pill-note">{embeddedLabel}</span> : null}
        <Icon name="chevron" />
      </button>
      {lattice.state === "standalone" && offer !== undefined ? (
        <Button
          variant="primary"
          disabled={join.busy}
          title={`${offer.label} at ${offer.url}, namespace ${offer.namespace}`}
          onClick={() => void join.run({ servers: [offer.url], namespace: offer.namespace })}
        >
          {join.busy ? "Joining…" : "Join lattice"}
        </Button>
      ) : null}
      {join.error === undefined ? null : (
        <div class="lattice-error">
          <ErrorNotice error={join.error} subject="Lattice" testId="lattice-error" onDismiss={join.clear} />
        </div>
      )}
      {isOpen ? <LatticeDialog offer={offer} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

/** The state in words, with server and namespace where there are any. */
export function stateText({ state, server, namespace }: LatticeDescription): string {
  const place = [server?.replace(/\/$/, ""), namespace].filter((part) => part !== undefined).join(" · ");
  switch (state) {
    case "standalone":
      return "Standalone";
    case "connecting":
      return "Connecting…";
    case "connected":
      return `Connected to ${place}`;
    case "reconnecting":
      return `Reconnecting · ${namespace}`;
  }
}
