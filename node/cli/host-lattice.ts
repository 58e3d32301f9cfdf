import { readFile } from "node:fs/promises";
import {
  asHostError,
  connectNats,
  HostError,
  type LatticeConnection,
  type LatticeConnections,
  type Logger,
  messageOf,
  type NatsCredentials,
} from "../../src/index.ts";
import { webSocketFactory } from "../runtime/web-socket.ts";
import type { PlaneArguments } from "./host-planes.ts";

/** Which planes to connect, and what to do when that fails. */
export interface ConnectPlanesOptions {
  readonly rpc?: PlaneArguments;
  readonly control?: PlaneArguments;
  readonly cache?: PlaneArguments;
  readonly logger: Logger;
  /** The host has a manifest to run, so it is of use without the control plane too. */
  readonly hasManifest: boolean;
  /** Told of each connection at once, so that it is closed whatever comes next. */
  readonly onConnected: (connection: LatticeConnection) => void;
}

/**
 * Connects to the planes of a lattice. Protocol section 11.3: without the RPC plane the host runs standalone.
 *
 * @throws HostError of the control plane, if there is no manifest; `input.invalid` for credentials that are not there.
 */
export async function connectPlanes(options: ConnectPlanesOptions): Promise<LatticeConnections> {
  const { logger, hasManifest } = options;
  const rpc = await connectPlane("RPC", options.rpc, options);
  const control =
    options.control === options.rpc ? rpc : await connectPlane("control", options.control, options);
  const cache = await connectPlane("cache", options.cache, options);
  if (rpc instanceof HostError) {
    if (control === rpc && !hasManifest) throw rpc;
    logger.warn(`The RPC plane cannot be reached, no calls go to or come from other hosts: ${rpc.message}`);
  }
  if (control instanceof HostError) {
    if (!hasManifest) throw control;
    logger.warn(`The control plane cannot be reached, no commands are taken: ${control.message}`);
  }
  if (cache instanceof HostError) {
    logger.warn(`The lattice cache is not replicated: ${cache.message}`);
  }
  return {
    ...(cache === undefined || cache instanceof HostError ? {} : { cache }),
    ...(rpc === undefined || rpc instanceof HostError ? {} : { rpc }),
    ...(control === undefined || control instanceof HostError ? {} : { control }),
  };
}

async function connectPlane(
  name: string,
  plane: PlaneArguments | undefined,
  { logger, onConnected }: ConnectPlanesOptions,
): Promise<LatticeConnection | HostError | undefined> {
  if (plane === undefined) return undefined;
  const credentials = await credentialsOf(plane);
  try {
    const connection = await connectNats({
      servers: plane.servers,
      name: `weblattice host (${name})`,
      webSocketFactory,
      logger: logger.scoped("lattice"),
      ...(credentials === undefined ? {} : { credentials }),
    });
    onConnected(connection);
    return connection;
  } catch (error) {
    const failure = asHostError(error);
    if (failure.code === "input.invalid") throw failure;
    return failure;
  }
}

async function credentialsOf({ jwt, seed, credsFile }: PlaneArguments): Promise<NatsCredentials | undefined> {
  if (jwt !== undefined && seed !== undefined) {
    return { jwt: await valueOrFile(jwt), seed: await valueOrFile(seed) };
  }
  if (credsFile === undefined) return undefined;
  try {
    return { credsFile: await readFile(credsFile, "utf8") };
  } catch (cause) {
    throw new HostError("input.invalid", `The credentials cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Seeds and tokens are given as they are or as the name of a file; neither is ever named in an error. */
async function valueOrFile(text: string): Promise<string> {
  try {
    return (await readFile(text, "utf8")).trim();
  } catch {
    // No file of that name: it is the value.
    return text.trim();
  }
}
