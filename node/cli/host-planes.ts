import { HostError } from "../../src/index.ts";

/** Where a plane of the lattice is reached, and as whom. Protocol section 11.3. */
export interface PlaneArguments {
  readonly servers: readonly string[];
  /** The JWT, or a file with it. */
  readonly jwt?: string;
  /** The seed, or a file with it. */
  readonly seed?: string;
  readonly credsFile?: string;
}

/** Names of the options that are read here. */
type PlaneOption = "nats" | `${"rpc" | "control"}-${"host" | "port" | "credsfile" | "jwt" | "seed"}`;

/** The value of an option or of its variable. */
type ReadOption = (name: PlaneOption, variable: string) => string | undefined;

/**
 * The two planes that the options describe. The control plane takes from the RPC plane what is not given for itself;
 * first-party hosts ignore its address.
 *
 * @throws HostError `input.invalid`.
 */
export function planesOf(option: ReadOption): {
  readonly rpc?: PlaneArguments;
  readonly control?: PlaneArguments;
} {
  const servers = rpcServers(option);
  if (servers === undefined) return {};
  const rpc = { servers, ...credentials("rpc", option) };
  const host = option("control-host", "CONTROL_HOST");
  const port = option("control-port", "CONTROL_PORT");
  const own = credentials("control", option);
  const isApart = host !== undefined || port !== undefined;
  if (!isApart && own === undefined) return { rpc, control: rpc };
  const { servers: _, ...rpcCredentials } = rpc;
  const controlServers = isApart ? [elsewhere(servers[0] ?? "", host, port)] : servers;
  return { rpc, control: { servers: controlServers, ...(own ?? rpcCredentials) } };
}

function rpcServers(option: ReadOption): readonly string[] | undefined {
  const nats = option("nats", "NATS_URL");
  if (nats !== undefined) return nats.split(",").map((server) => server.trim());
  const [host, port] = [option("rpc-host", "RPC_HOST"), option("rpc-port", "RPC_PORT")];
  if (host === undefined && port === undefined) return undefined;
  if (port === undefined) {
    throw new HostError(
      "input.invalid",
      "--rpc-port is missing: the port of the server's WebSocket listener",
    );
  }
  return [elsewhere("ws://127.0.0.1", host, port)];
}

function credentials(
  plane: "rpc" | "control",
  option: ReadOption,
): Omit<PlaneArguments, "servers"> | undefined {
  const prefix = plane === "rpc" ? "RPC" : "CONTROL";
  const jwt = option(`${plane}-jwt`, `${prefix}_JWT`);
  const seed = option(`${plane}-seed`, `${prefix}_SEED`);
  const credsFile = option(`${plane}-credsfile`, `${prefix}_CREDS`);
  if (jwt !== undefined && seed !== undefined) return { jwt, seed };
  if (credsFile !== undefined) return { credsFile };
  if (jwt === undefined && seed === undefined) return undefined;
  const [given, missing] = jwt === undefined ? ["seed", "jwt"] : ["jwt", "seed"];
  throw new HostError("input.invalid", `--${plane}-${given} is of no use without --${plane}-${missing}`);
}

/** The same address with another host, another port, or both. */
function elsewhere(address: string, host: string | undefined, port: string | undefined): string {
  if (port !== undefined && !/^\d{1,5}$/.test(port)) {
    throw new HostError("input.invalid", `A port is a number from 1 to 65535, not "${port}"`);
  }
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (host !== undefined) url.hostname = host;
  if (port !== undefined) url.port = port;
  return url.href.replace(/\/$/, "");
}
