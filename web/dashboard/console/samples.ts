import type { ActorDescription } from "../../../src/index.ts";
import type { Example, Sample } from "../start/examples.ts";

const health: Sample = {
  operation: "HealthRequest",
  payload: { placeholder: true },
  description: "Asks the actor how it is.",
};
const httpRequest: Sample = {
  operation: "HandleRequest",
  payload: { method: "GET", path: "/", queryString: "", header: {}, body: { $text: "" } },
  description: "An HTTP request, as the HTTP server provider sends it.",
};

/** Calls worth trying on an actor: those of the example it is, else those that its capabilities suggest. */
export function samplesFor(
  actor: ActorDescription | undefined,
  examples: readonly Example[],
): readonly Sample[] {
  if (actor === undefined) return [health];
  const example = examples.find((candidate) => candidate.key === actor.key);
  if (example !== undefined && example.samples.length > 0) return example.samples;
  return actor.capabilities?.includes("wasmcloud:httpserver") === true ? [httpRequest, health] : [health];
}

/** A sample's payload as the editor shows it. */
export function payloadText(sample: Sample): string {
  return sample.payload === undefined ? "" : JSON.stringify(sample.payload, null, 2);
}
