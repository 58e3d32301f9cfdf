import { build, type Rolldown } from "vite";
import { noNodeModules } from "./no-node-modules.ts";

/** Name of the script of the service worker; the folder it is in is what it can be asked about. */
export const httpFrontFile = "http-front.js";

/**
 * The service worker as one script without imports, which every browser that has service workers can load.
 * @param entry path of its source
 */
export async function buildHttpFront(entry: string): Promise<string> {
  const outputs = (await build({
    configFile: false,
    logLevel: "warn",
    plugins: [noNodeModules()],
    build: {
      write: false,
      target: "es2022",
      modulePreload: { polyfill: false },
      lib: { entry, formats: ["iife"], name: "weblatticeHttpFront", fileName: () => httpFrontFile },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk] = outputs.flatMap(({ output }) => output);
  if (chunk?.type !== "chunk") throw new Error("The build of the service worker gave no script");
  return chunk.code;
}
