import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import {
  type DashboardOptions,
  type DashboardServer,
  startDashboard,
} from "../../../node/start/dashboard-server.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";

/** A page that can `import("/registry.js")`: the registry client as an application bundles it. */
export async function serveRegistryPage(
  options: Pick<DashboardOptions, "registries">,
): Promise<DashboardServer> {
  const folder = makeScratchFolder("registry-page");
  const entry = fileURLToPath(new URL("../../../src/registry/index.ts", import.meta.url));
  await build({
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: folder.path,
      emptyOutDir: true,
      target: "es2022",
      lib: { entry, formats: ["es"], fileName: () => "registry.js" },
    },
  });
  writeFileSync(join(folder.path, "index.html"), "<!doctype html><title>registry</title>");
  const server = await startDashboard({ directory: folder.path, ...options });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
