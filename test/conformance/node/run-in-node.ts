import { readFile, writeFile } from "node:fs/promises";
import { argv, version } from "node:process";
import { threadRuntime } from "../../../node/index.ts";
import type { NodeReport } from "../engines/node-engine.ts";
import { runConformance } from "../strategies.ts";
import { asyncify } from "../suite/asyncify.ts";

/** Bundled into `build/conformance/node` and run by each Node.js: `node run-in-node.js REPORT`. */
const guests = new URL("../actors/", import.meta.url);
const script = new URL("../../node/actor-worker.js", import.meta.url);
const keys = JSON.parse(await readFile(new URL("keys.json", guests), "utf8")) as Record<string, string>;

const outcome = await runConformance({
  // Output is shown if the process does not end in time.
  onCase: (title) => console.log(title),
  makeRuntime: (allow) => threadRuntime({ script, asyncify, ...(allow === undefined ? {} : { allow }) }),
  loadGuest: async (name) => ({
    key: keys[name] ?? "",
    bytes: new Uint8Array(await readFile(new URL(`${name}.wasm`, guests))),
  }),
});
const report: NodeReport = { version, outcome };
await writeFile(argv[2] ?? "", JSON.stringify(report));
