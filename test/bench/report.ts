import type { CacheTimes } from "./cache-times.ts";
import type { Outcome } from "./compare.ts";
import type { Figures } from "./figures.ts";
import type { MemoryPerActor } from "./memory.ts";
import type { StartTimes } from "./starts.ts";

const WIDTHS = [27, 7, 9, 9, 9, 6, 15, 15];

/** Garbage in the heaps of workers hides what is less than that, in KiB. */
const TELLABLE_KIB = 20;

/** The head of the table of comparisons. */
export function comparisonHead(): string {
  return [
    "Calls a second and milliseconds, median of the rounds; ratio: ours/bare, measured by turns",
    "",
    row(["", "bytes", "in flight", "ours/s", "bare/s", "ratio", "ours p50/p99", "bare p50/p99", "  bare is"]),
  ].join("\n");
}

export function comparisonRow({ title, bare, bytes, inFlight, figures, ratio }: Outcome): string {
  return row([
    title,
    String(bytes),
    String(inFlight),
    figures.ours.perSecond.toFixed(0),
    figures.bare.perSecond.toFixed(0),
    ratio.toFixed(2),
    latency(figures.ours),
    latency(figures.bare),
    `  ${bare}`,
  ]);
}

export function startRow({ title, bare, times }: StartTimes): string {
  const { ours, bare: floor } = times;
  const of = (each: { medianMs: number; worstMs: number }): string =>
    `${each.medianMs.toFixed(2)} ms (worst ${each.worstMs.toFixed(1)})`;
  const ratio = (ours.medianMs / floor.medianMs).toFixed(2);
  return `${title.padEnd(33)} ours ${of(ours)}, bare ${of(floor)}, ${ratio} times as long: ${bare}`;
}

export function cacheRow({ title, entries, medianMs, worstMs }: CacheTimes): string {
  return `${title.padEnd(33)} ${entries} entries or events: ${medianMs.toFixed(0)} ms (worst ${worstMs.toFixed(0)})`;
}

export function memoryRow({ title, bare, kibibytes: { ours, bare: floor } }: MemoryPerActor): string {
  const ratio =
    Math.min(ours, floor) < TELLABLE_KIB
      ? "too little to tell"
      : `${(ours / floor).toFixed(2)} times as much`;
  return `${title.padEnd(33)} ours ${ours.toFixed(0)} KiB, bare ${floor.toFixed(0)} KiB, ${ratio}: ${bare}`;
}

/** What one must know to read the figures. */
export const NOTES: readonly string[] = [
  "",
  "Ping-pong: a bare worker echoes the same bytes by postMessage with transfer, as often one after the other as",
  "the call crosses to workers and back. A guest that waits for a host call holds its instance, a bare worker never",
  "waits: with 32 in flight the ratio shows that, too. Over the lattice ours signs and verifies each call, bare does not.",
];

function latency({ p50Ms, p99Ms }: Figures): string {
  return `${p50Ms.toFixed(2)}/${p99Ms.toFixed(2)}`;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, column) => {
      const width = WIDTHS[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(" ")
    .trimEnd();
}
