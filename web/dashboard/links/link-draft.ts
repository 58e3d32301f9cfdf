import type { LinkDefinition, LinkValueFact } from "../../../src/index.ts";
import { looksLikeActorKey, looksLikeProviderKey } from "../format/key.ts";

/** A key and value row of the form. */
export interface ValueRow {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** The fields of the form as typed. */
export interface LinkDraft {
  readonly actorId: string;
  readonly providerId: string;
  readonly contractId: string;
  readonly linkName: string;
  readonly values: readonly ValueRow[];
}

/** What a wish from elsewhere on the page already knows of a link. A new object is a new wish. */
export type LinkPrefill = Partial<Omit<LinkDraft, "values">>;

/** What is wrong with which field. */
export type LinkProblems = Partial<Record<keyof LinkDraft, string>>;

/**
 * The link, or what has to be mended first. The host checks again, and knows more.
 *
 * @param facts - of the provider's link values.
 */
export function checkLinkDraft(
  draft: LinkDraft,
  facts: readonly LinkValueFact[],
):
  | { readonly ok: true; readonly link: LinkDefinition }
  | { readonly ok: false; readonly problems: LinkProblems } {
  const rows = draft.values
    .map(({ name, value }) => ({ name: name.trim(), value }))
    .filter(({ name, value }) => name !== "" || value !== "");
  const link: LinkDefinition = {
    actorId: draft.actorId.trim(),
    providerId: draft.providerId.trim(),
    contractId: draft.contractId.trim(),
    linkName: draft.linkName.trim() === "" ? "default" : draft.linkName.trim(),
    values: Object.fromEntries(rows.map(({ name, value }) => [name, value])),
  };
  const found: readonly (readonly [keyof LinkDraft, string | undefined])[] = [
    ["actorId", actorProblem(link.actorId)],
    ["providerId", providerProblem(link.providerId)],
    ["contractId", contractProblem(link.contractId)],
    ["linkName", linkNameProblem(link.linkName)],
    ["values", valuesProblem(rows.map(({ name }) => name)) ?? factsProblem(link.values, facts)],
  ];
  const problems = Object.fromEntries(found.filter(([, text]) => text !== undefined)) as LinkProblems;
  return Object.keys(problems).length === 0 ? { ok: true, link } : { ok: false, problems };
}

function actorProblem(key: string): string | undefined {
  if (key === "") return "Choose an actor, or enter its key.";
  return looksLikeActorKey(key)
    ? undefined
    : "An actor's key starts with M and has 56 characters (A–Z, 2–7).";
}

function providerProblem(key: string): string | undefined {
  if (key === "") return "Choose a provider, or enter its key.";
  return looksLikeProviderKey(key)
    ? undefined
    : "A provider's key starts with V and has 56 characters (A–Z, 2–7).";
}

function contractProblem(contract: string): string | undefined {
  if (contract === "") return "Enter the contract, such as wasmcloud:keyvalue.";
  return /\s/.test(contract) ? "A contract id has no spaces." : undefined;
}

function linkNameProblem(name: string): string | undefined {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name)
    ? undefined
    : "A link name has up to 64 letters, digits, hyphens and underscores.";
}

function valuesProblem(names: readonly string[]): string | undefined {
  if (names.includes("")) return "Every value needs a name.";
  const reserved = names.find((name) => name.startsWith("__wasmcloud_"));
  if (reserved !== undefined) return `“${reserved}” is reserved: the host sets it itself.`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `“${twice}” is there twice.`;
}

function factsProblem(values: LinkDefinition["values"], facts: readonly LinkValueFact[]): string | undefined {
  for (const { name, required, words } of facts) {
    const value = values[name]?.trim() ?? "";
    if (required === true && value === "") return `The provider needs “${name}”.`;
    if (words !== undefined && value !== "" && !words.includes(value)) {
      return `“${name}” must be one of: ${words.join(", ")}.`;
    }
  }
  return undefined;
}
