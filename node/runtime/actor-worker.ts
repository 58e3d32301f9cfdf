import { parentPort } from "node:worker_threads";
import { runActorWorker } from "../../src/actors/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";
import { webPort } from "./thread-port.ts";

if (parentPort === null) throw new Error("this script runs in a worker only");
removeAmbientAuthority(globalThis);
runActorWorker(webPort(parentPort));
