import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Plugin, UserConfig } from "vite";
import { JSPI_PROBE } from "../../src/wapc/index.ts";
import { adapterFile } from "./adapter-file.ts";
import { type ActorBuildOptions, buildBundledActor } from "./bundled-actor.ts";
import { bundleGuestWorker } from "./guest-worker.ts";
import { emptyNodeModule, isNodeModule, NO_NODE_MODULE } from "./no-node-modules.ts";
import { compileBeside, isRuntimeModule } from "./standalone-modules.ts";

/** How an edge worker is built. */
export interface EdgePluginOptions extends ActorBuildOptions {
  /** The worker's entry, such as `worker.ts`; default: what the rest of the configuration says. */
  readonly entry?: string;
  /**
   * `workerd` for Cloudflare-style runtimes (default); `standalone` for Deno and Bun, with an entry that exports what
   * `weblattice/edge/standalone` makes of the worker.
   */
  readonly runtime?: "workerd" | "standalone";
}

const PROBE = "weblattice:jspi-probe";
const PROBE_BYTES = "weblattice:jspi-probe-bytes";
const GUEST_WORKER = "weblattice:guest-worker";
const VIRTUAL: readonly string[] = [PROBE, PROBE_BYTES, GUEST_WORKER];
/** The runtime's own module. */
const WORKERS = "cloudflare:workers";
/** Marks imports of files that this plugin has put out. */
const EMITTED = "weblattice-emitted:";

/**
 * Builds workers that use `weblattice/edge`, with Vite: every `import x from "./actor.wasm"` is a signed actor. Its
 * claims and its hash are verified now, its memory limited, fuel counters put in, and it is put out as a module that the
 * runtime compiles; the import's value is what `edgeHost` wants. Other imports of `.wasm` files than of actors fail.
 */
export function weblatticeEdge(options: EdgePluginOptions = {}): Plugin {
  const isStandalone = options.runtime === "standalone";
  const moduleImport = (fileName: string): string =>
    isStandalone ? compileBeside(fileName) : `import module from "${EMITTED}${fileName}";`;
  return {
    name: "weblattice-edge",
    enforce: "pre",
    config: () => buildSettings(options.entry, isStandalone ? [] : [WORKERS]),
    resolveId(id) {
      if (isStandalone && id === WORKERS) return adapterFile("../standalone/base-classes");
      if (isStandalone && isRuntimeModule(id)) return { id, external: true };
      if (id.startsWith(EMITTED)) return { id: `./${id.slice(EMITTED.length)}`, external: "absolute" };
      if (VIRTUAL.includes(id)) return `\0${id}`;
      return isNodeModule(id) ? NO_NODE_MODULE : undefined;
    },
    async load(id) {
      if (id === NO_NODE_MODULE) return emptyNodeModule();
      if (id === `\0${GUEST_WORKER}`) return defaultExport(isStandalone ? "" : await bundleGuestWorker());
      if (id === `\0${PROBE_BYTES}`) return `export default Uint8Array.of(${JSPI_PROBE.join()});`;
      if (id === `\0${PROBE}`) {
        this.emitFile({ type: "asset", fileName: "jspi-probe.wasm", source: JSPI_PROBE });
        return `${moduleImport("jspi-probe.wasm")}\nexport default module;`;
      }
      const [path = ""] = id.split("?", 1);
      if (!path.endsWith(".wasm")) return undefined;
      this.addWatchFile(path);
      const name = basename(path, ".wasm");
      const actor = await buildBundledActor(name, new Uint8Array(await readFile(path)), options);
      for (const warning of actor.warnings) this.warn(warning);
      this.emitFile({ type: "asset", fileName: actor.fileName, source: actor.module });
      return [
        moduleImport(actor.fileName),
        `export default { module, ...${JSON.stringify(actor.facts)} };`,
      ].join("\n");
    },
  };
}

function buildSettings(entry: string | undefined, external: string[]): UserConfig {
  return {
    // A worker's bundle has no page around it.
    appType: "custom",
    publicDir: false,
    build: {
      target: "es2022",
      minify: true,
      modulePreload: false,
      ...(entry === undefined ? {} : { lib: { entry, formats: ["es"], fileName: () => "worker.js" } }),
      rolldownOptions: { external, output: { codeSplitting: false, minify: true } },
    },
  };
}

function defaultExport(value: unknown): string {
  return `export default ${JSON.stringify(value)};`;
}
