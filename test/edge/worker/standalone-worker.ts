import { DatabaseSync } from "node:sqlite";
import parrot from "../../../build/actors/parrot.wasm";
import first from "../../../edge/example/standalone.ts";
import * as worker from "../../../edge/example/worker.ts";
import { edgeHost, ObjectStore, objectKeyValue } from "../../../edge/index.ts";
import { standalone } from "../../../edge/standalone/index.ts";
import { StandaloneStorage } from "../../../edge/standalone/object-storage.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";
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

/** What does not behave as every store and every key-value provider must, with a line for each that was tried. */
async function demands(): Promise<string[]> {
  const results: string[] = [];
  const run = async (title: string, work: Promise<void>): Promise<void> => {
    results.push(
      await work.then(
        () => "",
        (error: unknown) => `${title}: ${error}`,
      ),
    );
  };
  for (const { title, run: demand } of storeDemands) {
    await run(
      title,
      demand(async (name = crypto.randomUUID()) => new ObjectStore(newStorage(), name)),
    );
  }
  for (const { title, run: demand } of keyValueDemands) {
    await run(
      title,
      demand(async (options) => objectKeyValue(newStorage(), options)),
    );
  }
  return results;
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
      return Response.json(await demands());
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
