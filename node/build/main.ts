import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { runCommand } from "../system/run-command.ts";
import { tellFailure } from "../system/tell-failure.ts";
import { buildActors } from "./actors.ts";
import { buildDashboard } from "./dashboard.ts";
import { dashboardDirectory } from "./dashboard-directory.ts";

/** `npm run build`: the library in `dist`, the example actors and the dashboard in `build`. */
async function main(): Promise<void> {
  console.log("Building the library (dist) ...");
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const directory = fileURLToPath(new URL("../..", import.meta.url));
  await runCommand(process.execPath, [tsc, "-b"], { directory, timeoutMs: 300_000 });
  console.log("Building the example actors (build/actors) ...");
  await buildActors();
  console.log("Building the dashboard (build/dashboard) ...");
  await buildDashboard();
  console.log(`Done. The dashboard is in ${dashboardDirectory}; npm start serves it.`);
}

await main().catch(tellFailure);
