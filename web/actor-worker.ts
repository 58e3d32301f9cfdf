import { runActorWorker, type WorkerPort } from "../src/actors/index.ts";
import { removeAmbientAuthority } from "./ambient-authority.ts";

removeAmbientAuthority(globalThis);
runActorWorker(globalThis as unknown as WorkerPort);
