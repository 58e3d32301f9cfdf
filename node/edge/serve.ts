import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { build } from "vite";
import { buildActors } from "../build/actors.ts";
import { chooseLattice } from "../lattice/choose-lattice.ts";
import { freePortFrom, portOption } from "../start/start-options.ts";
import { type Stoppable, stopInTurn, stopOnSignal } from "../start/stop-in-turn.ts";
import { withDeadline } from "../system/deadline.ts";
import { tellFailure } from "../system/tell-failure.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const BUILD_MS = 120_000;

/** `npm run edge`: builds the example worker, finds or starts a lattice, serves the worker, and waits for Ctrl-C. */
async function main(started: Stoppable[]): Promise<void> {
  const wantedPort = portOption(process.env);
  console.log("Building the example actors and the edge worker ...");
  await buildActors({ log: () => undefined });
  const configFile = at("edge/build/example-config.ts");
  await withDeadline(build({ configFile, logLevel: "warn" }), BUILD_MS, "Building the worker");
  const lattice = await chooseLattice();
  started.push(lattice);
  const port = await freePortFrom(wantedPort);
  const feedToken = process.env["FEED_TOKEN"] ?? randomUUID();
  const miniflare = new Miniflare({
    rootPath: at("build/edge"),
    scriptPath: "worker.js",
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    // No facts about requests from Cloudflare's own network.
    cf: false,
    host: "127.0.0.1",
    port,
    log: new Log(LogLevel.WARN),
    durableObjects: { HOST_OBJECT: { className: "HostObject", useSQLite: true } },
    durableObjectsPersist: at("build/edge-state"),
    workerLoaders: { LOADER: {} },
    bindings: {
      NATS_URL: lattice.webSocketUrl,
      HOST_LABELS: process.env["HOST_LABELS"] ?? "zone=edge",
      LATTICE_MODE: process.env["LATTICE_MODE"] ?? "resident",
      FEED_TOKEN: feedToken,
    },
  });
  started.push({ stop: () => miniflare.dispose() });
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  // The first request wakes the object, which then joins the lattice.
  const first = await fetch(`${url}/echo`);
  const answer = await first.text();
  if (!first.ok) throw new Error(`The worker does not serve requests, it answered: ${answer.slice(0, 500)}`);
  console.log(`
  Worker     ${url}
  Feed       ${url}, for those who show the token ${feedToken}
  Lattice    ${lattice.webSocketUrl}
             ${lattice.label}

  What to try first:
    curl ${url}/echo/hello?name=world
    curl ${url}/count/visitors

  The host is a member of the lattice: \`npm start\` in another terminal shows what a tab can do with it.
  Ctrl-C ends everything.
`);
}

const started: Stoppable[] = [];
stopOnSignal(started);
await main(started).catch(async (error: unknown) => {
  tellFailure(error);
  await stopInTurn(started);
});
