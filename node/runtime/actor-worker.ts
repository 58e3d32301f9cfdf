import { parentPort } from "node:worker_threads";
import { runActorWorker } from "../../src/actors/index.ts";
import { webPort } from "./thread-port.ts";

if (parentPort === null) throw new Error("this script runs in a worker only");
runActorWorker(webPort(parentPort));
