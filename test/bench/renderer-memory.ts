import { readdirSync, readFileSync } from "node:fs";

/** The proportional set size of a browser's largest renderer, in KiB, as Linux tells it: that of its only tab. */
export function rendererKibibytes(browser: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid)) parents.set(pid, parentOf(pid));
  }
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && pid !== 0 && (pid === browser || belongs(parents.get(pid)));
  const sizes = [...parents.keys()]
    .filter((pid) => belongs(pid) && read(pid, "cmdline").includes("--type=renderer"))
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0));
  if (sizes.length === 0) throw new Error("The browser has no renderer");
  return Math.max(...sizes);
}

/** The name before the parent may have spaces and brackets in it. */
function parentOf(pid: number): number {
  return Number(/\) \S (\d+)/.exec(read(pid, "stat"))?.[1] ?? 0);
}

/** Processes come and go meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
