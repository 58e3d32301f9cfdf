import type { ValueRow } from "../links/link-draft.ts";

/** The labels that rows ask for, or what is wrong with them. Empty rows say nothing. */
export function constraintsOf(
  rows: readonly ValueRow[],
):
  | { readonly ok: true; readonly constraints: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string } {
  const entries = rows
    .map(({ name, value }) => [name.trim(), value.trim()] as const)
    .filter(([name, value]) => name !== "" || value !== "");
  const names = entries.map(([name]) => name);
  if (names.includes("")) return { ok: false, problem: "Every label needs a name." };
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { ok: false, problem: `“${twice}” is there twice.` };
  return { ok: true, constraints: Object.fromEntries(entries) };
}
