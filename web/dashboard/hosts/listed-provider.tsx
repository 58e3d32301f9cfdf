import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ListedProvider } from "../../../src/index.ts";
import { Chip } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { ConfirmButton } from "../controls/confirm-button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { shortKey } from "../format/key.ts";
import type { LinkPrefill } from "../links/link-draft.ts";
import { useSession } from "../session/session-context.ts";
import { ContractForm } from "./contract-form.tsx";
import { contractOf } from "./contract-of.ts";
import { hostName } from "./host-name.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { ListedFacts } from "./listed-facts.tsx";
import { providerStop } from "./sent-command.ts";
import { useCommand } from "./use-command.ts";

/** A provider that a host says it runs. */
export function ListedProviderItem(props: {
  readonly hostId: string;
  readonly provider: ListedProvider;
  readonly watch: LatticeWatch;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { hostId, provider, watch } = props;
  const { id, linkName } = provider;
  const view = useSession();
  const { host, description } = view;
  const [asksContract, setAsksContract] = useState(false);
  const name = provider.name ?? shortKey(id);
  const place = hostName(hostId, description.id);
  const contract = contractOf(id, view);
  const stop = useCommand(
    watch,
    (contractId: string) => host.stopProviderOn(hostId, id, linkName, contractId),
    () => providerStop(hostId, id, linkName, name),
  );
  const label = `Stop ${name} on ${place}`;
  return (
    <li class="run" aria-label={`${name} on ${place}`}>
      <div class="row-head">
        <ListedFacts what={provider} name={name}>
          {contract === undefined ? null : <Chip title="Contract">{contract}</Chip>}
          <span>
            <span class="muted">link name</span> <code>{linkName}</code>
          </span>
        </ListedFacts>
        <div class="row-actions">
          <Button
            variant="quiet"
            icon="link"
            label={`Link ${name} on ${place}`}
            onClick={() =>
              props.onLink({
                providerId: id,
                linkName,
                ...(contract === undefined ? {} : { contractId: contract }),
              })
            }
          >
            Link…
          </Button>
          {contract === undefined ? (
            <Button
              variant="quiet"
              icon="stop"
              label={label}
              expanded={asksContract}
              disabled={stop.busy}
              onClick={() => setAsksContract(!asksContract)}
            >
              Stop…
            </Button>
          ) : (
            <ConfirmButton
              text="Stop"
              icon="stop"
              label={label}
              question={`Stop ${name}?`}
              busy={stop.busy}
              onConfirm={() => void stop.run(contract)}
            />
          )}
        </div>
      </div>
      {asksContract ? (
        <ContractForm
          title={label}
          busy={stop.busy}
          onCancel={() => setAsksContract(false)}
          onContract={(contractId) => {
            setAsksContract(false);
            void stop.run(contractId);
          }}
        />
      ) : null}
      {stop.error === undefined ? null : (
        <ErrorNotice error={stop.error} testId="command-error" onDismiss={stop.clear} />
      )}
    </li>
  );
}
