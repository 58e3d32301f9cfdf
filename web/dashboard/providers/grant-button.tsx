import type { JSX } from "preact";
import type { HostError } from "../../../src/errors/index.ts";
import type { ProviderGrants } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";

/** What a provider that was refused asks for; undefined for any other error. */
function askedGrants(error: HostError): ProviderGrants | undefined {
  if (error.code !== "provider.not_granted") return undefined;
  const { network, storage } = error.details;
  const hosts = typeof network === "string" && network !== "" ? network.split(", ") : [];
  return { network: hosts, storage: storage === true };
}

/** Starts a refused provider with what it asks for, which the error above the button names. Nothing for other errors. */
export function GrantButton(props: {
  readonly error: HostError;
  readonly disabled?: boolean;
  readonly onGrant: (grants: ProviderGrants) => void;
}): JSX.Element | null {
  const grants = askedGrants(props.error);
  if (grants === undefined) return null;
  return (
    <p>
      <Button disabled={props.disabled ?? false} onClick={() => props.onGrant(grants)}>
        Grant this and start
      </Button>
    </p>
  );
}

/** What a provider was granted, in words; undefined for nothing. */
export function authorityText(authority: ProviderGrants | undefined): string | undefined {
  const { network = [], storage = false } = authority ?? {};
  const parts = [
    ...(network.length === 0 ? [] : [`requests to ${network.join(", ")}`]),
    ...(storage ? ["data in this host's store"] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" · ");
}
