import { buildActors } from "../../../node/build/actors.ts";
import { asyncifiedWorker, buildWorker, testWorker } from "./build.ts";

/** Builds once what all tests of the edge run. */
export default async function setup(): Promise<void> {
  await buildActors();
  const entry = "test/edge/worker/worker.ts";
  await buildWorker(entry, testWorker);
  await buildWorker(entry, asyncifiedWorker, { hostCalls: "asyncify" });
}
