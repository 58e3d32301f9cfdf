import { WorkerProviderRuntime } from "../../src/index.ts";
import { startThread } from "./thread-runtime.ts";

/** How a runtime for portable providers on Node's threads is made. */
export interface ThreadProviderOptions {
  /** The built worker script; default the one that is installed beside this module. */
  readonly script?: URL;
  /** MiB of JavaScript objects that a provider may hold; bytes of buffers do not count. Default 256. */
  readonly maxHeapMib?: number;
}

/** The experimental classes of `node:vm` can refuse imports; nobody needs to be warned of them. */
const FLAGS: readonly string[] = ["--experimental-vm-modules", "--no-warnings"];

/** Runs each portable provider in a thread of its own. Threads that still run do not keep the process alive. */
export function threadProviderRuntime(options: ThreadProviderOptions = {}): WorkerProviderRuntime {
  const { script = new URL("./provider-worker.js", import.meta.url), maxHeapMib = 256 } = options;
  return new WorkerProviderRuntime({
    targets: ["es2022-node", "es2022-any"],
    startWorker: (name) =>
      startThread(script, name, {
        execArgv: [...FLAGS],
        resourceLimits: { maxOldGenerationSizeMb: maxHeapMib },
      }),
  });
}
