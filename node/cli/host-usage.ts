import { BUILT_IN_PROVIDERS, type BuiltInProvider } from "../../src/index.ts";

const STORED = BUILT_IN_PROVIDERS.filter(({ needsStore }) => needsStore === true);
const namesOf = (providers: readonly BuiltInProvider[]): string =>
  providers.map(({ name }) => name).join(", ");

/** What `--help` shows. */
export const HOST_USAGE: string = `Run a wasmCloud host on this machine.

  npm run host -- [options]

  --nats URL               WebSocket address of a NATS server, ws://… or wss://…; several with
                           commas. Without it the host is standalone.        env NATS_URL
  -m, --manifest FILE      what to start: YAML, or JSON if the name ends otherwise
  -l, --label KEY=VALUE    label of this host; repeatable
  --nsprefix NAME          namespace prefix of the lattice (default "default")
  --store FOLDER           keep data of providers, and what is known of the lattice, in this
                           folder, which is made (default: nothing outlives the host)
  --log text|json          form of the lines on standard output (default text)

  --allow-live-updates     take live updates of running actors
  --disable-strict-update-check
                           let an update change an actor's capabilities
  --allow-oci-latest       fetch images tagged latest, or without a tag
  --allowed-insecure REGISTRY
                           host:port of a registry reached by plain http; repeatable

  --rpc-host HOST          where --nats is not given                         env RPC_HOST
  --rpc-port PORT          port of that server's WebSocket listener          env RPC_PORT
  --rpc-credsfile FILE     credentials file                                  env RPC_CREDS
  --rpc-jwt JWT            user JWT, or a file with it; needs the seed       env RPC_JWT
  --rpc-seed SEED          its seed, or a file with it (better: others see
                           the arguments of a program)                       env RPC_SEED
  --control-host HOST      for commands, queries and events, where these     env CONTROL_HOST
  --control-port PORT      go another way than calls                         env CONTROL_PORT
  --control-credsfile FILE                                                   env CONTROL_CREDS
  --control-jwt JWT                                                          env CONTROL_JWT
  --control-seed SEED                                                        env CONTROL_SEED

  -h, --help               this text
  -V, --version            version of this host

  HEARTBEAT_INTERVAL_S in the environment: seconds between heartbeats (default 30).

  KVCACHE_NATS_URL: WebSocket address over which the lattice cache is replicated (default: it is
  not); KVCACHE_STATE_REPL_SUBJECT, KVCACHE_REPLAY_REQ_SUBJECT, KVCACHE_REPLAY_HEARTBEAT_SECS,
  KVCACHE_CLIENT_JWT and KVCACHE_CLIENT_SEED as for first-party hosts.

  OCI_REGISTRY_USER and OCI_REGISTRY_PASSWORD: credentials for registries, both needed.

In a manifest an actor is the path of a signed .wasm file, its http(s) address or an image reference; a
capability is a provider archive named in the same ways, or a provider of this host by its name:
${namesOf(BUILT_IN_PROVIDERS)}.
These need --store, as archives do that ask for storage: ${namesOf(STORED)}.

Ctrl-C leaves the lattice and ends the host; a second Ctrl-C ends it at once.`;
