import { DatabaseSync } from "node:sqlite";
import parrot from "../../../build/actors/parrot.wasm";
import first from "../../../edge/example/standalone.ts";
import * as worker from "../../../edge/example/worker.ts";
import { edgeHost, ObjectStore, objectKeyValue } from "../../../edge/index.ts";
import { standalone } from "../../../edge/standalone/index.ts";
import { StandaloneStorage } from "../../../edge/standalone/object-storage.ts";
import { observeAll } from "../../conformance/observe.ts";
import type { CaseOutcome } from "../../conformance/outcome.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";
import { suitesOf } from "../../conformance/providers/suites.ts";
import { storeDemands } from "../../conformance/store.ts";

/** The example as users serve it, and a back door for what only tests do. */
let host = first;

/** A second host of this process, with terminals. */
const edge = edgeHost({
  actors: { parrot },
  links: [{ actor: "parrot", contract: "wasmcloud:telnet", values: { PATH: "/parrot", MOTD: "Welcome\n" } }],
  sessions: 1,
});
const terminals = standalone(
  { default: edge, HostObject: edge.HostObject },
  { database: () => new DatabaseSync(":memory:") },
);

function newStorage(): StandaloneStorage {
  return new StandaloneStorage(new DatabaseSync(":memory:"), () => undefined);
}

/** Runs the demands on every store, and on the provider of every contract that can be run without more. */
async function demands(origin: string): Promise<readonly CaseOutcome[]> {
  const stores = storeDemands.map(({ title, run }) => ({
    title: `store: ${title}`,
    run: () => run(async (name = crypto.randomUUID()) => new ObjectStore(newStorage(), name)),
  }));
  const keyValues = keyValueDemands.map(({ title, run }) => ({
    title: `key-value: ${title}`,
    run: () => run(async (options) => objectKeyValue(newStorage(), options)),
  }));
  return observeAll([...stores, ...keyValues, ...suitesOf({ origin })]);
}

/** Ends the host and begins with what it has kept. */
async function restart(): Promise<void> {
  await host.close();
  await host.close();
  host = standalone(worker, {
    variables: process.env,
    database: (name) => new DatabaseSync(`${process.env["STATE_FOLDER"]}/${name}.db`),
  });
}

async function answer(request: Request, server: unknown): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const object = worker.default.object(host.environment);
  switch (pathname) {
    case "/_demands":
      return Response.json(await demands(searchParams.get("origin") ?? ""));
    case "/_restart":
      await restart();
      return Response.json({});
    case "/_describe":
      return Response.json(await object.describe());
    case "/_start":
      return Response.json(await object.startActorFrom(searchParams.get("reference") ?? ""));
    case "/parrot":
      return terminals.fetch(request, server);
    default:
      return host.fetch(request, server);
  }
}

export default { fetch: answer, websocket: first.websocket, hostname: "127.0.0.1", port: 0 };
