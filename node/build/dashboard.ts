import { fileURLToPath } from "node:url";
import { build } from "vite";
import { withDeadline } from "../system/deadline.ts";

const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));
const timeoutMs = 120_000;

/** Builds the dashboard with everything it loads, the built example actors included. Tells warnings only. */
export async function buildDashboard(): Promise<void> {
  await withDeadline(build({ configFile, logLevel: "warn" }), timeoutMs, "Building the dashboard");
}
