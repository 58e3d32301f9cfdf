import { posix } from "node:path";
import { type ImportSite, importsOf } from "./imports.ts";
import { adapters, floors, lineLimits, packages } from "./rules.ts";

/** What a check of the layers found. */
export interface LayerReport {
  /** Problems as `file:line: what is wrong`; none when the house stands. */
  readonly violations: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks the layers of a tree, given as paths from its root and the texts of the files. */
export function checkLayers(files: ReadonlyMap<string, string>): LayerReport {
  const violations: string[] = [];
  const warnings: string[] = [];
  for (const [path, text] of files) {
    const [top = "", folder = ""] = path.split("/");
    if (top !== "src" && !adapters.includes(top)) continue;
    for (const site of importsOf(path, text)) {
      const problem = top === "src" ? problemInSource(path, site) : problemInAdapter(path, site);
      if (problem !== undefined) violations.push(`${path}:${site.line}: ${problem}`);
    }
    if (top !== "src") continue;
    if (path.split("/").length > 2 && !floors.includes(folder)) {
      violations.push(
        `${path}:1: src/${folder} is not a floor of the house; see test/support/layers/rules.ts`,
      );
    }
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    const isTooLong = lines > lineLimits.fail;
    if (lines > lineLimits.warn) {
      const limit = isTooLong ? lineLimits.fail : lineLimits.warn;
      (isTooLong ? violations : warnings).push(`${path}:${lines}: longer than ${limit} lines`);
    }
  }
  return { violations, warnings };
}

function problemInSource(path: string, { specifier }: ImportSite): string | undefined {
  if (specifier === undefined) return "a computed import cannot be checked";
  const [, from = ""] = path.split("/");
  const isAtRoot = path.split("/").length === 2;
  if (!specifier.startsWith(".")) return problemOfPackage(specifier, from);
  const target = resolve(path, specifier);
  const [top, folder = ""] = target.split("/");
  if (top !== "src") return `src must not import ${target}, which lies outside`;
  if (target.split("/").length === 2)
    return isAtRoot ? undefined : `only src/index.ts may gather; imports ${target}`;
  if (folder === from) return undefined;
  if (!isDoor(target)) return `${target} is private to src/${folder}; import its index.ts`;
  if (isAtRoot || floors.indexOf(folder) < floors.indexOf(from)) return undefined;
  return `src/${from} must not import src/${folder}, which lies below it`;
}

function problemOfPackage(specifier: string, from: string): string | undefined {
  if (specifier.startsWith("node:")) return `src must not import ${specifier}`;
  if (specifier.startsWith("lib:")) return `src must not refer to a library: ${specifier.slice(4)}`;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const allowed = Object.hasOwn(packages, name) ? packages[name] : undefined;
  if (allowed === undefined) return `src must not import the package ${name}`;
  return allowed.includes(from) ? undefined : `${name} is for src/${allowed.join(" and src/")} only`;
}

function problemInAdapter(path: string, { specifier }: ImportSite): string | undefined {
  if (!specifier?.startsWith(".")) return undefined; // packages and computed imports are the adapter's own matter
  const target = resolve(path, specifier);
  const [own] = path.split("/");
  const [top = ""] = target.split("/");
  if (top === own) return undefined;
  if (top === "src")
    return isDoor(target) ? undefined : `${target} is private; import the index.ts of its folder`;
  const isForeign = adapters.includes(top) || top === "test";
  return isForeign ? `${own} must not import ${target}` : undefined;
}

function resolve(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier.split("?", 1)[0] ?? ""));
}

function isDoor(path: string): boolean {
  return posix.basename(path) === "index.ts";
}
