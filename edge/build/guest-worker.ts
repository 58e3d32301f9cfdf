import { build, type Rolldown } from "vite";
import { adapterFile } from "./adapter-file.ts";
import { emptyNodeModule, isNodeModule, NO_NODE_MODULE } from "./no-node-modules.ts";

/** Modules that lie beside the script in its isolate. */
const BESIDE: Readonly<Record<string, string>> = {
  "weblattice:guest": "./guest.wasm",
  "weblattice:jspi-probe": "./jspi-probe.wasm",
};

let bundled: Promise<string> | undefined;

/** The script of isolates that are made at run time, in one piece. */
export function bundleGuestWorker(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const entry = adapterFile("../loader/guest-worker");
  const result = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [
      {
        name: "weblattice-guest-worker",
        enforce: "pre",
        resolveId(id) {
          const beside = BESIDE[id];
          if (beside !== undefined) return { id: beside, external: "absolute" };
          return isNodeModule(id) ? NO_NODE_MODULE : undefined;
        },
        load: (id) => (id === NO_NODE_MODULE ? emptyNodeModule() : undefined),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      minify: true,
      lib: { entry, formats: ["es"], fileName: () => "guest-worker.js" },
      rolldownOptions: { external: ["cloudflare:workers"], output: { codeSplitting: false, minify: true } },
    },
  });
  const [output] = [result].flat() as Rolldown.RolldownOutput[];
  const [chunk] = output?.output ?? [];
  if (chunk === undefined) throw new Error("The script of run-time isolates was not built");
  return chunk.code;
}
