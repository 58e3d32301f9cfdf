import { parseArgs } from "node:util";
import { type Environment, HostError, messageOf } from "../../src/index.ts";
import { type CacheArguments, cacheOf } from "./host-cache.ts";
import { type PlaneArguments, planesOf } from "./host-planes.ts";
import { wholeSeconds } from "./whole-seconds.ts";

/** A request to run a host. */
export interface HostCommand {
  readonly kind: "run";
  /** Absent: standalone. */
  readonly rpc?: PlaneArguments;
  /** The same object as `rpc` where both planes go the same way. */
  readonly control?: PlaneArguments;
  /** Absent: the lattice cache is not replicated. */
  readonly cache?: CacheArguments;
  readonly namespace?: string;
  /** Path of the manifest. */
  readonly manifest?: string;
  /** Folder of what outlives the host. Absent: nothing does. */
  readonly store?: string;
  /** In the order in which they were given. */
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly log: "text" | "json";
  readonly heartbeatMs?: number;
  /** Take live updates, and with the same capabilities only. */
  readonly liveUpdates: boolean;
  readonly strictUpdates: boolean;
  /** Fetch images tagged `latest`. */
  readonly ociLatest: boolean;
  /** Registries reached by plain http. */
  readonly insecureRegistries: readonly string[];
  readonly registryCredentials?: { readonly user: string; readonly password: string };
}

/** What the arguments ask for. */
export type HostArguments = HostCommand | { readonly kind: "help" } | { readonly kind: "version" };

/**
 * Understands the arguments of the host. An option wins over its variable.
 *
 * @throws HostError `input.invalid` with a sentence for the person who typed them.
 */
export function parseHostArguments(args: readonly string[], environment: Environment): HostArguments {
  const { values } = parse(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const option = (name: keyof typeof values, variable: string): string | undefined => {
    const value = values[name];
    return (typeof value === "string" ? value : environment[variable]) || undefined;
  };
  const { nsprefix, manifest, store } = values;
  const cache = cacheOf(environment);
  const user = environment["OCI_REGISTRY_USER"] || undefined;
  const password = environment["OCI_REGISTRY_PASSWORD"] || undefined;
  const heartbeat = environment["HEARTBEAT_INTERVAL_S"] || undefined;
  return {
    kind: "run",
    ...planesOf(option),
    ...(cache === undefined ? {} : { cache }),
    ...(nsprefix === undefined ? {} : { namespace: nsprefix }),
    ...(manifest === undefined ? {} : { manifest }),
    ...(store === undefined ? {} : { store }),
    labels: (values.label ?? []).map(label),
    log: logForm(values.log),
    ...(heartbeat === undefined
      ? {}
      : { heartbeatMs: wholeSeconds("HEARTBEAT_INTERVAL_S", heartbeat) * 1_000 }),
    liveUpdates: values["allow-live-updates"],
    strictUpdates: !values["disable-strict-update-check"],
    ociLatest: values["allow-oci-latest"],
    insecureRegistries: (values["allowed-insecure"] ?? []).flatMap((text) => text.split(",")),
    ...(user === undefined || password === undefined ? {} : { registryCredentials: { user, password } }),
  };
}

function parse(args: readonly string[]) {
  const string = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        nats: string,
        manifest: { ...string, short: "m" },
        label: { ...string, short: "l", multiple: true },
        nsprefix: string,
        store: string,
        log: { ...string, default: "text" },
        "allow-live-updates": flag,
        "disable-strict-update-check": flag,
        "allow-oci-latest": flag,
        "allowed-insecure": { ...string, multiple: true },
        "rpc-host": string,
        "rpc-port": string,
        "rpc-credsfile": string,
        "rpc-jwt": string,
        "rpc-seed": string,
        "control-host": string,
        "control-port": string,
        "control-credsfile": string,
        "control-jwt": string,
        "control-seed": string,
        help: { ...flag, short: "h" },
        version: { ...flag, short: "V" },
      },
    });
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error));
  }
}

function label(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new HostError("input.invalid", `--label must be like zone=a, not "${text}"`);
}

function logForm(value: string): "text" | "json" {
  if (value === "text" || value === "json") return value;
  throw new HostError("input.invalid", `--log must be text or json, not "${value}"`);
}
