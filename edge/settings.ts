import * as v from "valibot";
import { HostError } from "../src/errors/index.ts";
import { type Manifest, parseManifest } from "../src/host/index.ts";
import { DEFAULT_NAMESPACE, latticeSubjects, type NatsCredentials } from "../src/lattice/index.ts";
import { commaItems } from "../src/providers/index.ts";
import { isRegistry } from "../src/registry/index.ts";

/**
 * Whether the object holds its connection to the lattice all the time, and can be called at any time, or joins when a
 * call needs it and for its heartbeats.
 */
export type LatticeMode = "resident" | "on-demand";

/** What variables and secrets of the worker say. */
export interface EdgeSettings {
  /** Absent: standalone. */
  readonly lattice?: {
    readonly servers: readonly string[];
    readonly credentials?: NatsCredentials;
    readonly mode: LatticeMode;
  };
  /** Absent: as the worker's options say. */
  readonly proxiedRegistries?: readonly string[];
  /** Absent: as the worker's options say. */
  readonly insecureRegistries?: readonly string[];
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly manifest?: Manifest;
  /** What readers of the feed must show. Absent: there is no feed. */
  readonly feedToken?: string;
  /** Seed of the host's key, `SN…`. */
  readonly seed?: string;
}

const text = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(65_536)), "");
const schema = v.object({
  NATS_URL: text,
  NATS_CREDS: text,
  NATS_JWT: text,
  NATS_SEED: text,
  NATS_USER: text,
  NATS_PASSWORD: text,
  NATS_TOKEN: text,
  LATTICE_PREFIX: text,
  LATTICE_MODE: v.optional(v.picklist(["", "resident", "on-demand"]), ""),
  REGISTRY_PROXY: text,
  INSECURE_REGISTRIES: text,
  HOST_LABELS: text,
  HOST_MANIFEST: v.optional(v.pipe(v.string(), v.maxLength(1_048_576)), ""),
  HOST_SEED: text,
  FEED_TOKEN: text,
});
type Variables = v.InferOutput<typeof schema>;

/** Names of the variables that are read. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.entries);

/**
 * Reads the settings of a worker from its environment.
 *
 * @param defaultMode - where the variable `LATTICE_MODE` is not set.
 * @throws HostError `input.invalid` with the name of the variable that is wrong; never with its value.
 */
export function readSettings(environment: object, defaultMode: LatticeMode): EdgeSettings {
  const parsed = v.safeParse(schema, environment);
  if (!parsed.success) {
    const names = parsed.issues.map((issue) => v.getDotPath(issue)).join(", ");
    throw new HostError("input.invalid", `These variables of the worker are not as they must be: ${names}`);
  }
  const variables = parsed.output;
  const credentials = readCredentials(variables);
  const servers = readServers(variables.NATS_URL);
  return {
    ...(servers.length === 0
      ? {}
      : {
          lattice: {
            servers,
            mode: variables.LATTICE_MODE || defaultMode,
            ...(credentials === undefined ? {} : { credentials }),
          },
        }),
    ...(variables.REGISTRY_PROXY === ""
      ? {}
      : { proxiedRegistries: readRegistries(variables, "REGISTRY_PROXY") }),
    ...(variables.INSECURE_REGISTRIES === ""
      ? {}
      : { insecureRegistries: readRegistries(variables, "INSECURE_REGISTRIES") }),
    namespace: readNamespace(variables.LATTICE_PREFIX),
    labels: readLabels(variables.HOST_LABELS),
    ...(variables.HOST_MANIFEST.trim() === "" ? {} : { manifest: readManifest(variables.HOST_MANIFEST) }),
    ...(variables.HOST_SEED === "" ? {} : { seed: variables.HOST_SEED }),
    ...(variables.FEED_TOKEN === "" ? {} : { feedToken: checkToken(variables.FEED_TOKEN) }),
  };
}

/** One that could be found by trying is as bad as none. */
function checkToken(token: string): string {
  if (token.length >= 16 && token.length <= 256) return token;
  throw new HostError("input.invalid", "FEED_TOKEN must have from 16 to 256 characters");
}

function readRegistries(variables: Variables, name: "REGISTRY_PROXY" | "INSECURE_REGISTRIES"): string[] {
  const registries = commaItems(variables[name]);
  if (registries.every(isRegistry)) return registries;
  throw new HostError("input.invalid", `${name} must be like registry.example.com,127.0.0.1:5000`);
}

function readServers(text: string): string[] {
  const servers = commaItems(text);
  for (const server of servers) {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    const isWebSocket = url?.protocol === "ws:" || url?.protocol === "wss:";
    if (isWebSocket && url.username === "" && url.password === "") continue;
    throw new HostError("input.invalid", "NATS_URL must be the ws:// or wss:// address of a NATS server", {
      hint: "Parted by commas if there are several; user and password have variables of their own.",
    });
  }
  return servers;
}

function readCredentials(variables: Variables): NatsCredentials | undefined {
  const { NATS_CREDS, NATS_JWT, NATS_SEED, NATS_USER, NATS_PASSWORD, NATS_TOKEN } = variables;
  if (NATS_CREDS !== "") return { credsFile: NATS_CREDS };
  if ((NATS_JWT === "") !== (NATS_SEED === "")) {
    throw new HostError("input.invalid", "NATS_JWT and NATS_SEED go together, and one is not set");
  }
  if (NATS_PASSWORD !== "" && NATS_USER === "") {
    throw new HostError("input.invalid", "NATS_PASSWORD goes with NATS_USER, which is not set");
  }
  if (NATS_JWT !== "") return { jwt: NATS_JWT, seed: NATS_SEED };
  if (NATS_USER !== "") return { user: NATS_USER, pass: NATS_PASSWORD };
  return NATS_TOKEN === "" ? undefined : { token: NATS_TOKEN };
}

function readNamespace(prefix: string): string {
  const namespace = prefix || DEFAULT_NAMESPACE;
  try {
    return latticeSubjects(namespace).namespace;
  } catch (cause) {
    throw new HostError("input.invalid", "LATTICE_PREFIX must be letters, digits, hyphens and underscores", {
      cause,
    });
  }
}

/** `zone=a,tier=edge` */
function readLabels(text: string): Readonly<Record<string, string>> {
  const items = text.split(",").filter((item) => item.trim() !== "");
  return Object.fromEntries(
    items.map((item) => {
      const at = item.indexOf("=");
      if (at > 0) return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
      throw new HostError("input.invalid", "HOST_LABELS must be like zone=a,tier=edge");
    }),
  );
}

function readManifest(manifest: string): Manifest {
  return parseManifest(manifest, { format: manifest.trimStart().startsWith("{") ? "json" : "yaml" });
}
