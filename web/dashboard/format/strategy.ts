import type { ActorDescription } from "../../../src/index.ts";

const texts: Readonly<Record<ActorDescription["hostCalls"], string>> = {
  jspi: "JSPI",
  "shared-memory": "Shared memory",
  asyncify: "Asyncify",
  none: "None",
};

/** The name of a host-call strategy for reading. */
export function strategyText(name: ActorDescription["hostCalls"]): string {
  return texts[name];
}
