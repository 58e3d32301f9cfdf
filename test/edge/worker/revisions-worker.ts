import one from "../../../build/edge-test/revisions/one.wasm";
import two from "../../../build/edge-test/revisions/two.wasm";
import { edgeHost } from "../../../edge/index.ts";
import { withBackDoor } from "./back-door.ts";

/** A worker with two revisions of one actor. */
const edge = withBackDoor(
  edgeHost({
    actors: { one, two },
    routes: [{ path: "/live", actor: "one" }],
    updates: { enabled: true },
    tableMs: 100,
    heartbeatMs: 1_000,
  }),
);

export default edge;
export const { HostObject } = edge;
export { KeyValueObject } from "./keyvalue-object.ts";
export { StoreObject } from "./store-object.ts";
export { SuiteObject } from "./suite-object.ts";
