import { readFile, writeFile } from "node:fs/promises";
import { replaceBetween, textBetween } from "./marked-text.ts";
import { type EngineRun, passingStrategies } from "./outcome.ts";

const DOCUMENT = new URL("../../docs/engines.md", import.meta.url);
const MARKER = "engines";
const HEAD: readonly string[] = [
  "| Engine | Version | Cross-origin isolated | Chosen strategy | Strategies that pass |",
  "| --- | --- | --- | --- | --- |",
];
const VERSION_COLUMN = 1;

/** The rows of the table, in the order of the runs. */
function rows(runs: readonly EngineRun[]): string[] {
  return runs.map(({ engine, version, isolated, outcome }) => {
    const isolation = isolated === undefined ? "–" : isolated ? "yes" : "no";
    const passing = passingStrategies(outcome).join(", ");
    return `| ${engine} | ${version} | ${isolation} | ${outcome.chosen} | ${passing} |`;
  });
}

/** Writes what the runs found into `docs/engines.md`. */
export async function writeTable(runs: readonly EngineRun[]): Promise<void> {
  const table = [...HEAD, ...rows(runs)].join("\n");
  await writeFile(DOCUMENT, replaceBetween(await readFile(DOCUMENT, "utf8"), MARKER, table));
}

/**
 * How `docs/engines.md` differs from what the runs found, versions aside, as sentences. Rows of engines that were not
 * run are not looked at.
 */
export async function compareTable(runs: readonly EngineRun[]): Promise<string[]> {
  const written = textBetween(await readFile(DOCUMENT, "utf8"), MARKER)
    .split("\n")
    .slice(HEAD.length);
  const known = written.map(withoutVersion);
  const engines = new Set(runs.map(({ engine }) => engine));
  const found = rows(runs).map(withoutVersion);
  const isOfRun = (row: string): boolean => [...engines].some((engine) => row.startsWith(`| ${engine} |`));
  return [
    ...found.filter((row) => !known.includes(row)).map((row) => `docs/engines.md lacks: ${row}`),
    ...known
      .filter((row) => isOfRun(row) && !found.includes(row))
      .map((row) => `docs/engines.md says, but it is not so: ${row}`),
  ];
}

function withoutVersion(row: string): string {
  return row
    .split("|")
    .filter((_, column) => column !== VERSION_COLUMN + 1)
    .join("|");
}
