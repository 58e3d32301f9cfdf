import { existsSync } from "node:fs";
import { join } from "node:path";
import { dashboardDirectory } from "../../node/build/dashboard-directory.ts";
import {
  type DashboardOptions,
  type DashboardServer,
  startDashboard,
} from "../../node/start/dashboard-server.ts";

/** Serves the built dashboard to a browser test; stopping it is up to the caller. */
export function serveDashboard(options: Omit<DashboardOptions, "directory"> = {}): Promise<DashboardServer> {
  if (!existsSync(join(dashboardDirectory, "index.html"))) {
    throw new Error(
      "The dashboard is not built: run the tests by `npm test -- browser`, or `npm run build` first.",
    );
  }
  return startDashboard({ directory: dashboardDirectory, ...options });
}
