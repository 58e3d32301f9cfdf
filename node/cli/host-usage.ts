/** What `--help` shows. */
export const HOST_USAGE: string = `Run a wasmCloud host on this machine.

  npm run host -- [options]

  --nats URL               WebSocket address of a NATS server, ws://… or wss://…; several with
                           commas. Without it the host is standalone.        env NATS_URL
  -m, --manifest FILE      what to start: YAML, or JSON if the name ends otherwise
  -l, --label KEY=VALUE    label of this host; repeatable
  --nsprefix NAME          namespace prefix of the lattice (default "default")
  --log text|json          form of the lines on standard output (default text)

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

In a manifest an actor is the path of a signed .wasm file or its http(s) address, a capability the
name or key of a provider of this host: weblattice:keyvalue-memory.

Ctrl-C leaves the lattice and ends the host; a second Ctrl-C ends it at once.`;
