import { parentPort } from "node:worker_threads";
import { runProviderWorker } from "../../src/providers/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";
import { importAlone } from "./import-alone.ts";
import { disarmProcess, forbidCodeFromText } from "./process-authority.ts";
import { webPort } from "./thread-port.ts";

if (parentPort === null) throw new Error("this script runs in a worker only");
const thread = process;
removeAmbientAuthority(globalThis);
forbidCodeFromText(globalThis);
disarmProcess(thread);
const log = runProviderWorker(webPort(parentPort), importAlone);
// Elsewhere a rejection that nobody handles does not end a worker either.
thread.on("unhandledRejection", log);
