import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardDirectory } from "../../../node/build/dashboard-directory.ts";
import { type DashboardServer, startDashboard } from "../../../node/start/dashboard-server.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";

/** Runs before anything else in a worker: afterwards its engine is one without promise integration. */
const hide = "delete WebAssembly.Suspending; delete WebAssembly.promising;\n";

/**
 * Serves the built dashboard with JSPI taken away from all its workers. Chromium 156 has no switch for that any more:
 * neither a V8 flag nor a feature.
 */
export async function serveWithoutJspi(options: { readonly isolated: boolean }): Promise<DashboardServer> {
  const folder = makeScratchFolder("no-jspi");
  // Maps are most of the bytes, and for people only.
  const filter = (path: string): boolean => !path.endsWith(".map");
  cpSync(dashboardDirectory, folder.path, { recursive: true, filter });
  const assets = join(folder.path, "assets");
  for (const name of readdirSync(assets).filter((each) => /^(actor|host)-worker-.*\.js$/.test(each))) {
    writeFileSync(join(assets, name), hide + readFileSync(join(assets, name), "utf8"));
  }
  const server = await startDashboard({ directory: folder.path, ...options });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
