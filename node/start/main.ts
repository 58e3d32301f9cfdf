import { buildActors } from "../build/actors.ts";
import { buildDashboard } from "../build/dashboard.ts";
import { dashboardDirectory } from "../build/dashboard-directory.ts";
import { type ChosenLattice, chooseLattice } from "../lattice/choose-lattice.ts";
import { tellFailure } from "../system/tell-failure.ts";
import { startDashboard } from "./dashboard-server.ts";
import { freePortFrom, portOption, registriesOption } from "./start-options.ts";
import { type Stoppable, stopInTurn, stopOnSignal } from "./stop-in-turn.ts";

/** `npm start`: builds what the page needs, finds or starts a lattice, serves the dashboard, and waits for Ctrl-C. */
async function main(started: Stoppable[]): Promise<void> {
  const wantedPort = portOption(process.env);
  const registries = registriesOption(process.argv.slice(2));
  console.log("Building the example actors and the dashboard ...");
  await buildActors({ log: () => undefined });
  await buildDashboard();

  const port = await freePortFrom(wantedPort);
  if (port !== wantedPort) console.log(`Port ${wantedPort} is taken: the dashboard takes another.`);
  const lattice = await chooseLattice({ allowedOrigins: originsOf(port) });
  started.push(lattice);
  const dashboard = await startDashboard({
    directory: dashboardDirectory,
    port,
    latticeUrl: lattice.webSocketUrl,
    latticeKind: lattice.kind,
    latticeLabel: lattice.label,
    ...(registries === undefined ? {} : { registries }),
  });
  started.push(dashboard);
  console.log(welcome(dashboard.url, lattice));
  if (registries !== undefined) console.log(`  Registries ${registries.allow.join(", ")}\n`);
}

/** Pages of the dashboard under both names of this machine; all pages when its port is not known beforehand. */
function originsOf(port: number): string[] {
  return port === 0 ? [] : [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
}

function welcome(url: string, lattice: ChosenLattice): string {
  return `
  Dashboard  ${url}
  Lattice    ${lattice.webSocketUrl}
             ${lattice.label}

  What to try first:
    1. Open the dashboard and start the example actor "echo"; call it from its console.
    2. Start "kvcounter", link it to the key-value provider, and call it three times.
    3. Join the lattice with one click, then open the dashboard in a second tab.

  Ctrl-C ends everything.
`;
}

const started: Stoppable[] = [];
stopOnSignal(started);
await main(started).catch(async (error: unknown) => {
  tellFailure(error);
  await stopInTurn(started);
});
