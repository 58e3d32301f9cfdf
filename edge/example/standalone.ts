import { DatabaseSync } from "node:sqlite";
import { standalone } from "../standalone/index.ts";
import * as worker from "./worker.ts";

/** The same worker for `deno serve` and Bun. */
export default standalone(worker, {
  variables: process.env,
  database: (name) => new DatabaseSync(`${process.env["STATE_FOLDER"] ?? "."}/${name}.db`),
});
