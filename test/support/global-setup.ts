import { buildActors } from "../../node/build/actors.ts";
import { buildNodeWorker } from "../../node/build/node-worker.ts";

/** Builds once what all suites share: the signed guests, and the script of Node's actor threads. */
export default async function setup(): Promise<void> {
  await buildActors();
  await buildNodeWorker();
}
