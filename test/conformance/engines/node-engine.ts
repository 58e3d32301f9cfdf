import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../../node/system/run-command.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";
import { nodeSuiteScript } from "../build.ts";
import type { EngineOutcome, EngineRun } from "../outcome.ts";
import type { Engine } from "./engine.ts";
import { installNewerNode } from "./newer-node.ts";

const RUN_TIMEOUT_MS = 240_000;
/** The first version that offers promise integration without a flag. */
const FIRST_WITH_JSPI = 25;

/** What the script in a Node process writes when it is done. */
export interface NodeReport {
  readonly version: string;
  readonly outcome: EngineOutcome;
}

/** The Node.js that runs this program. */
export const runningNode: Engine = {
  name: familyOf(process.version),
  run: async () => [await runInNode(process.execPath)],
};

/** The newest Node.js that npm offers. */
export const newerNode: Engine = {
  name: familyOf(`v${FIRST_WITH_JSPI}`),
  run: async () => [await runInNode(await installNewerNode())],
};

async function runInNode(executable: string): Promise<EngineRun> {
  const folder = makeScratchFolder("conformance");
  try {
    const report = join(folder.path, "report.json");
    await runCommand(executable, [nodeSuiteScript, report], { timeoutMs: RUN_TIMEOUT_MS });
    // Written by our own script a moment ago.
    const { version, outcome } = JSON.parse(await readFile(report, "utf8")) as NodeReport;
    return { engine: familyOf(version), version: version.slice(1), outcome };
  } finally {
    folder.remove();
  }
}

function familyOf(version: string): string {
  const major = Number(version.slice(1).split(".")[0]);
  return major < FIRST_WITH_JSPI
    ? `Node.js 20 to ${FIRST_WITH_JSPI - 1}`
    : `Node.js ${FIRST_WITH_JSPI} and later`;
}
