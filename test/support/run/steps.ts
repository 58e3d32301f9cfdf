/** A program of the machine that a step needs. */
export type Tool = "chromium" | "nats-server" | "docker-registry";

/** How a suite reports; `counts`: our own suites, as `{passed, failed, skipped}` in the file after `--report`. */
export type Reporter = "vitest" | "playwright" | "counts";

/** One step of `npm test`. */
export interface Step {
  readonly name: string;
  /** `check`: the run ends if it fails. `build`: what needs it is not run. `suite`: tests, always run. */
  readonly kind: "check" | "build" | "suite";
  /** Steps that must have passed before. */
  readonly needs: readonly string[];
  readonly tools: readonly Tool[];
  /** Arguments for Node; a path below `node_modules` or of the project. */
  readonly script: readonly string[];
  readonly reporter?: Reporter;
  readonly timeoutMs: number;
}

const minute = 60_000;
const biome = "node_modules/@biomejs/biome/bin/biome";
const playwright = "node_modules/@playwright/test/cli.js";
const viteBuild = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"];
const typeScript = ["--import", "tsx"];

function check(name: string, script: readonly string[]): Step {
  return { name, kind: "check", needs: [], tools: [], script, timeoutMs: 5 * minute };
}

function build(name: string, needs: readonly string[], script: readonly string[]): Step {
  return { name, kind: "build", needs, tools: [], script, timeoutMs: 5 * minute };
}

function vitest(name: string, tools: readonly Tool[]): Step {
  const project = ["run", "--config", "test/vitest.config.ts", "--project", name];
  const script = ["node_modules/vitest/vitest.mjs", ...project];
  return {
    name,
    kind: "suite",
    needs: ["actors"],
    tools,
    script,
    reporter: "vitest",
    timeoutMs: 15 * minute,
  };
}

/** All steps in their order. */
export const steps: readonly Step[] = [
  check("types", ["node_modules/typescript/bin/tsc", "-b", "--pretty"]),
  check("lint", [biome, "check", "."]),
  check("layers", [...typeScript, "test/layers.ts"]),
  build("actors", [], [...typeScript, "node/build/actors.ts"]),
  vitest("unit", []),
  vitest("lattice", ["nats-server"]),
  vitest("registry", ["docker-registry"]),
  vitest("stress", ["nats-server"]),
  vitest("edge", ["nats-server", "docker-registry"]),
  {
    name: "engines",
    kind: "suite",
    needs: ["actors"],
    tools: ["chromium", "nats-server"],
    script: [...typeScript, "test/conformance/main.ts"],
    reporter: "counts",
    timeoutMs: 15 * minute,
  },
  build("dashboard", ["actors"], viteBuild),
  {
    name: "browser",
    kind: "suite",
    needs: ["dashboard"],
    tools: ["chromium", "nats-server", "docker-registry"],
    script: [playwright, "test", "--config", "playwright.config.ts"],
    reporter: "playwright",
    timeoutMs: 30 * minute,
  },
];

/** The steps of those names and all that they need, in order; all steps when no name is given. */
export function selectSteps(names: readonly string[]): readonly Step[] {
  if (names.length === 0) return steps;
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const step = steps.find((each) => each.name === name);
    if (step === undefined) {
      throw new Error(
        `There is no step "${name}"; the steps are: ${steps.map((each) => each.name).join(", ")}.`,
      );
    }
    wanted.add(name);
    for (const need of step.needs) want(need);
  };
  for (const name of names) want(name);
  return steps.filter((step) => wanted.has(step.name));
}
