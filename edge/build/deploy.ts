import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { messageOf } from "../../src/errors/index.ts";
import { checkDeployment } from "./check-deployment.ts";

const USAGE = `npm run edge:deploy -- [OPTIONS] [-- ARGUMENTS OF WRANGLER]
  --config FILE   wrangler's configuration as JSON (default edge/example/wrangler.json)
  --dry-run       check and pack only

Build the worker before: npm run edge:build`;

/** Checks the configuration of a worker, and has wrangler deploy it. @returns the exit code. */
function deploy(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const config = values.config ?? fileURLToPath(new URL("../example/wrangler.json", import.meta.url));
  const problems = checkDeployment(config);
  if (problems.length > 0) {
    console.error(`${config} must not be deployed:`);
    for (const problem of problems) console.error(`  - ${problem}`);
    return 1;
  }
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve("wrangler/package.json")),
    "bin/wrangler.js",
  );
  const dry = values["dry-run"] ? ["--dry-run"] : [];
  const { status } = spawnSync(
    process.execPath,
    [wrangler, "deploy", "--config", config, ...dry, ...positionals],
    {
      stdio: "inherit",
      env: { WRANGLER_SEND_METRICS: "false", ...process.env },
    },
  );
  return status ?? 1;
}

try {
  process.exitCode = deploy(process.argv.slice(2));
} catch (error) {
  console.error(`${messageOf(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}
