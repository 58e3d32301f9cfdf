import type { SessionView } from "../session/session-context.ts";

/** The contract of a provider, wherever it runs, if this page has learnt it: inventories do not tell. */
export function contractOf(
  providerId: string,
  { session, choices, description }: SessionView,
): string | undefined {
  return (
    choices.find(({ id }) => id === providerId)?.contractId ??
    description.links.find((link) => link.providerId === providerId)?.contractId ??
    session.names.contractOf(providerId)
  );
}
