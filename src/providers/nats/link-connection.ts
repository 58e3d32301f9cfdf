import { HostError, messageOf } from "../../errors/index.ts";
import {
  connectNats,
  type LatticeConnection,
  type NatsCredentials,
  type NatsOptions,
} from "../../lattice/index.ts";
import { invalidValue, type LinkValues, listValue, textValue } from "../link-values.ts";

/** Where providers over NATS get their connections from. */
export interface NatsSource<Connection extends LatticeConnection = LatticeConnection> {
  /** Used by links without `URL`, and not closed by the provider: that of the lattice, for instance. */
  readonly shared?: Connection;
  /** Opens the connection of a link with `URL`; default `connectNats` with the platform's WebSocket. */
  readonly connect?: (options: NatsOptions) => Promise<Connection>;
}

/** The connection of one link. */
export interface LinkConnection<Connection extends LatticeConnection> {
  readonly connection: Connection;
  /** Others use it too: it must not be closed, and what belongs to the lattice must not be touched. */
  readonly isShared: boolean;
}

/**
 * Opens what a link's values ask for: `URL`, a comma list of `ws://` or `wss://` addresses; `CLIENT_JWT` and
 * `CLIENT_SEED`. Contracts document 7.4.
 *
 * @throws HostError `link.invalid` for values that cannot be used here, `lattice.connect_failed`.
 */
export async function openLinkConnection<Connection extends LatticeConnection>(
  values: LinkValues,
  source: NatsSource<Connection>,
  urlName = "URL",
): Promise<LinkConnection<Connection>> {
  const servers = listValue(values, urlName);
  const credentials = credentialsOf(values);
  if (servers.length === 0) {
    if (source.shared !== undefined) return { connection: source.shared, isShared: true };
    throw invalidValue(urlName, "is missing: this provider has no connection of its own");
  }
  if (servers.some((server) => !/^wss?:\/\//.test(server))) {
    throw invalidValue(urlName, "must have addresses of WebSocket listeners, such as wss://nats.example.com");
  }
  const connect = source.connect ?? (connectNats as unknown as (options: NatsOptions) => Promise<Connection>);
  const options: NatsOptions = {
    servers,
    name: "wasmCloud NATS Provider",
    ...(credentials === undefined ? {} : { credentials }),
  };
  try {
    return { connection: await connect(options), isShared: false };
  } catch (error) {
    throw new HostError("lattice.connect_failed", `NATS connection failure:${messageOf(error)}`, {
      cause: error,
    });
  }
}

function credentialsOf(values: LinkValues): NatsCredentials | undefined {
  if (textValue(values, "CREDSFILE") !== undefined) {
    throw invalidValue(
      "CREDSFILE",
      "names a file, which cannot be read here; use CLIENT_JWT and CLIENT_SEED",
    );
  }
  const jwt = textValue(values, "CLIENT_JWT");
  const seed = textValue(values, "CLIENT_SEED");
  if (jwt === undefined && seed === undefined) return undefined;
  if (jwt !== undefined && seed !== undefined) return { jwt, seed };
  throw invalidValue(jwt === undefined ? "CLIENT_JWT" : "CLIENT_SEED", "is missing: the two belong together");
}
