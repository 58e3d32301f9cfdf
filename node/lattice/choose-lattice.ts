import { messageOf } from "../../src/errors/index.ts";
import { canInstall, ensureCommand } from "../system/debian-packages.ts";
import { isPortFree } from "../system/ports.ts";
import { startDevBroker } from "./dev-broker.ts";
import { findNatsServer, natsServerFolders } from "./find-nats-server.ts";
import { startNatsServer } from "./nats-server.ts";
import { probeLattice } from "./probe-lattice.ts";

/** Where a lattice came from: an address given by the user, a nats-server found or installed, or our own broker. */
export type LatticeKind = "given" | "nats-server" | "installed" | "embedded";

/** The lattice that pages can join. */
export interface ChosenLattice {
  readonly kind: LatticeKind;
  readonly webSocketUrl: string;
  /** What it is, for people. */
  readonly label: string;
  /** Ends what was started for it; a given lattice runs on. Stopping twice is fine. */
  stop(): Promise<void>;
}

/** Options of {@link chooseLattice}; every one has a default. */
export interface ChooseLatticeOptions {
  /** Address of an existing lattice, tried first; default the environment variable `NATS_URL`. */
  readonly givenUrl?: string | undefined;
  /** Pages that may connect to a server started here; default all. */
  readonly allowedOrigins?: readonly string[];
  /** Where the choice is told; default the console. */
  readonly say?: (line: string) => void;
  /** Whether a nats-server is on the machine. */
  readonly isInstalled?: () => boolean;
  /** Whether one could be installed. */
  readonly canInstall?: () => boolean;
  /** Installs one. */
  readonly install?: () => Promise<unknown>;
}

const usualPorts = { port: 4222, webSocketPort: 4223 } as const;

/**
 * Chooses a lattice for pages on this machine: the given one if it answers, else a nats-server found here, else one
 * installed from Debian's packages, else the embedded development broker. A failed step is told and the next one taken.
 */
export async function chooseLattice(options: ChooseLatticeOptions = {}): Promise<ChosenLattice> {
  const settings = {
    givenUrl: process.env["NATS_URL"],
    allowedOrigins: [],
    say: console.log,
    isInstalled: () => findNatsServer() !== undefined,
    canInstall,
    install: installNatsServer,
    ...options,
  };
  return (
    (await useGiven(settings)) ??
    (await useFound(settings)) ??
    (await useInstalled(settings)) ??
    (await useEmbedded(settings))
  );
}

type Settings = Required<ChooseLatticeOptions>;

async function useGiven({ givenUrl, say }: Settings): Promise<ChosenLattice | undefined> {
  if (givenUrl === undefined || givenUrl === "") return undefined;
  const url = URL.canParse(givenUrl) ? new URL(givenUrl) : undefined;
  if (url === undefined || !["ws:", "wss:"].includes(url.protocol)) {
    say(
      "NATS_URL is not used: browsers reach NATS over WebSocket only, so it must begin with ws:// or wss://.",
    );
    return undefined;
  }
  if (url.username !== "" || url.password !== "") {
    url.username = "";
    url.password = "";
    say("The credentials in NATS_URL are not passed on to pages: enter them in the dashboard.");
  }
  const webSocketUrl = url.href.replace(/\/$/, "");
  try {
    await probeLattice(webSocketUrl);
  } catch (error) {
    say(`NATS_URL (${webSocketUrl}) is not used: ${messageOf(error)}.`);
    return undefined;
  }
  return { kind: "given", webSocketUrl, label: "the lattice of NATS_URL", stop: async () => undefined };
}

async function useFound(settings: Settings): Promise<ChosenLattice | undefined> {
  if (!settings.isInstalled()) return undefined;
  return startServer(settings, "nats-server", "nats-server of this machine");
}

async function useInstalled(settings: Settings): Promise<ChosenLattice | undefined> {
  if (settings.isInstalled()) return undefined; // found before, but did not start
  if (!settings.canInstall()) {
    settings.say("There is no nats-server on this machine, and it cannot be installed from here.");
    return undefined;
  }
  try {
    await settings.install();
  } catch (error) {
    settings.say(messageOf(error));
    return undefined;
  }
  return startServer(settings, "installed", "nats-server, just installed from Debian's packages");
}

async function installNatsServer(): Promise<void> {
  await ensureCommand({
    command: "nats-server",
    debianPackage: "nats-server",
    folders: natsServerFolders,
  });
}

async function startServer(
  { allowedOrigins, say }: Settings,
  kind: LatticeKind,
  label: string,
): Promise<ChosenLattice | undefined> {
  try {
    const server = await startNatsServer({ ...(await freePorts(say)), allowedOrigins });
    return { kind, webSocketUrl: server.webSocketUrl, label: `${label} (${server.url})`, stop: server.stop };
  } catch (error) {
    say(`nats-server did not start: ${messageOf(error)}`);
    return undefined;
  }
}

/** The usual ports where they are free; a taken one is left to the server's choice. */
async function freePorts(say: (line: string) => void): Promise<Partial<typeof usualPorts>> {
  const isFree = await Promise.all(Object.values(usualPorts).map((port) => isPortFree(port)));
  const free = Object.entries(usualPorts).filter((_entry, index) => isFree[index]);
  for (const port of Object.values(usualPorts).filter((_port, index) => !isFree[index])) {
    say(`Port ${port} is taken: nats-server takes another.`);
  }
  return Object.fromEntries(free);
}

async function useEmbedded({ say }: Settings): Promise<ChosenLattice> {
  const isFree = await isPortFree(usualPorts.webSocketPort);
  if (!isFree) say(`Port ${usualPorts.webSocketPort} is taken: the broker takes another.`);
  const broker = await startDevBroker(isFree ? { port: usualPorts.webSocketPort } : {});
  return {
    kind: "embedded",
    webSocketUrl: broker.webSocketUrl,
    label: "embedded development broker (NATS core only, no JetStream)",
    stop: broker.stop,
  };
}
