/** The floors of `src`, top first: a folder imports only from folders before it (DESIGN, section 3). */
export const floors: readonly string[] = [
  "errors",
  "time",
  "bytes",
  "wasm",
  "telemetry",
  "keys",
  "claims",
  "contracts",
  "storage",
  "registry",
  "wapc",
  "actors",
  "lattice",
  "providers",
  "dispatch",
  "control",
  "events",
  "host",
  "feed",
];

/** Folders beside `src` that may use it through its doors, and must not use each other. */
export const adapters: readonly string[] = ["web", "edge", "node"];

/** Packages that `src` may import, and on which floors. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "@msgpack/msgpack": floors,
  binaryen: ["wapc"],
  comlink: ["actors"],
  jose: ["keys", "claims"],
  "nats.ws": ["lattice"],
  "nkeys.js": ["keys"],
  valibot: floors,
  yaml: ["host"],
};

/** Lines of a file in `src`: more than the first is told, more than the second is refused. */
export const lineLimits = { warn: 300, fail: 400 } as const;
