import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { HostError } from "../../src/errors/index.ts";
import { type OwnedProcess, startOwnedProcess } from "../system/owned-process.ts";
import { acceptsConnections } from "../system/ports.ts";
import { makeScratchFolder } from "../system/scratch-folder.ts";
import { findNatsServer } from "./find-nats-server.ts";

export { findNatsServer } from "./find-nats-server.ts";

/** Options of {@link startNatsServer}; every one has a default. */
export interface NatsServerOptions {
  /** Port of the NATS protocol; default any free one. */
  readonly port?: number;
  /** Port of the WebSocket listener; default any free one. */
  readonly webSocketPort?: number;
  /** Address to listen on; default `127.0.0.1`. */
  readonly host?: string;
  /** Pages that may connect, as `http://HOST:PORT`; default all. One for each host name: the server keeps one. */
  readonly allowedOrigins?: readonly string[];
  /** Text added to the configuration file: authorization, accounts, limits. */
  readonly config?: string;
  /** Whether JetStream is on, with storage that is removed at the end; default `false`. */
  readonly jetStream?: boolean;
}

/** A running nats-server. */
export interface NatsServer {
  /** Address for NATS clients, `nats://HOST:PORT`. */
  readonly url: string;
  /** Address for browsers, `ws://HOST:PORT`. */
  readonly webSocketUrl: string;
  readonly pid: number;
  /** Ends the server and removes its files. Stopping twice is fine. */
  stop(): Promise<void>;
}

const startTimeoutMs = 15_000;
const portsSchema = v.object({
  nats: v.tuple([v.pipe(v.string(), v.url())]),
  websocket: v.tuple([v.pipe(v.string(), v.url())]),
});
type Ports = { readonly port: number; readonly webSocketPort: number };

/** Starts a nats-server of this machine and resolves when both its listeners accept connections. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const command = findNatsServer();
  if (command === undefined) {
    throw new HostError("system.command_missing", "There is no nats-server on this machine.", {
      hint: "Install it (Debian: apt-get install nats-server; else https://nats.io/download) or put it on PATH.",
    });
  }
  const host = options.host ?? "127.0.0.1";
  const folder = makeScratchFolder("nats");
  try {
    const file = join(folder.path, "server.conf");
    writeFileSync(file, configText(options, host, folder.path));
    const server = await startOwnedProcess(command, ["--config", file]);
    try {
      const ports = await waitUntilReady(server, folder.path, host);
      return {
        url: `nats://${host}:${ports.port}`,
        webSocketUrl: `ws://${host}:${ports.webSocketPort}`,
        pid: server.pid,
        async stop() {
          await server.stop();
          folder.remove();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** The server chooses free ports itself (port -1) and tells them in a file, so no two starts can collide. */
function configText(options: NatsServerOptions, host: string, folder: string): string {
  const origins = options.allowedOrigins ?? [];
  const pages = origins.length === 0 ? "" : `, allowed_origins: ${JSON.stringify(origins)}`;
  return [
    `host: ${JSON.stringify(host)}`,
    `port: ${options.port ?? -1}`,
    `ports_file_dir: ${JSON.stringify(folder)}`,
    `websocket { host: ${JSON.stringify(host)}, port: ${options.webSocketPort ?? -1}, no_tls: true${pages} }`,
    options.jetStream === true ? `jetstream { store_dir: ${JSON.stringify(join(folder, "jetstream"))} }` : "",
    options.config ?? "",
    "",
  ].join("\n");
}

async function waitUntilReady(server: OwnedProcess, folder: string, host: string): Promise<Ports> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (hasEnded) throw startFailure(server);
    const ports = readPorts(folder, server.pid);
    if (ports !== undefined && (await bothAccept(ports, host))) return ports;
    await sleep(15);
  }
  throw new HostError("system.deadline", `nats-server was not ready after ${startTimeoutMs} ms.`, {
    details: { output: server.output() },
  });
}

function readPorts(folder: string, pid: number): Ports | undefined {
  const file = join(folder, `nats-server_${pid}.ports`);
  if (!existsSync(file)) return undefined;
  try {
    const { nats, websocket } = v.parse(portsSchema, JSON.parse(readFileSync(file, "utf8")));
    return { port: Number(new URL(nats[0]).port), webSocketPort: portOf(websocket[0]) };
  } catch {
    return undefined; // the server is still writing it; the deadline ends the wait
  }
}

/** URL leaves the port out where it is the default of the protocol. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "wss:" ? 443 : 80) : Number(port);
}

async function bothAccept(ports: Ports, host: string): Promise<boolean> {
  const answers = await Promise.all([
    acceptsConnections(ports.port, host),
    acceptsConnections(ports.webSocketPort, host),
  ]);
  return answers.every(Boolean);
}

function startFailure(server: OwnedProcess): HostError {
  const output = server.output().trim();
  const isTaken = output.includes("address already in use");
  const reason = output.split("\n").at(-1) ?? "";
  return new HostError(
    isTaken ? "system.port_taken" : "system.command_failed",
    `nats-server ended while starting: ${reason}`,
    { details: { output } },
  );
}
