import type { HostDescription, LinkDescription } from "../../../src/index.ts";
import type { ProviderChoice } from "../../host-api.ts";

/** Links to the provider of terminals that this page can open, as far as they are bound. */
export function terminalLinks(
  { links }: Pick<HostDescription, "links">,
  choices: readonly ProviderChoice[],
): readonly LinkDescription[] {
  const provider = choices.find(({ kind }) => kind === "weblattice:telnet")?.id;
  return links.filter(
    (link) =>
      link.providerId === provider && link.contractId === "wasmcloud:telnet" && link.state === "bound",
  );
}
