import { parseArgs } from "node:util";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { isPortFree } from "../system/ports.ts";
import type { RouteRegistries } from "./registry-route.ts";

const defaultPort = 8080;
const portsTried = 10;

/** The port that `PORT` asks for, or the default. */
export function portOption(environment: NodeJS.ProcessEnv): number {
  const text = environment["PORT"];
  if (text === undefined || text === "") return defaultPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new HostError("input.invalid", `PORT must be a number from 1 to 65535, not ${JSON.stringify(text)}.`);
}

/** The wanted port if it is free, else the next free one; 0, for any, when there is none among the next ten. */
export async function freePortFrom(wanted: number): Promise<number> {
  const last = Math.min(wanted + portsTried, 65_535);
  for (let port = wanted; port <= last; port += 1) if (await isPortFree(port)) return port;
  return 0;
}

/**
 * The registries that pages may reach: `--registry HOST` by https, `--insecure-registry HOST` by plain http; both may
 * be repeated. `undefined` when there is none.
 * @throws HostError `input.invalid`
 */
export function registriesOption(args: readonly string[]): RouteRegistries | undefined {
  const strings = { type: "string", multiple: true, default: [] as string[] } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { registry: strings, "insecure-registry": strings },
    });
    const insecure = values["insecure-registry"];
    const allow = [...values.registry, ...insecure];
    return allow.length === 0 ? undefined : { allow, insecure };
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error), {
      hint: "npm start -- [--registry HOST[:PORT]] … [--insecure-registry HOST[:PORT]] …",
    });
  }
}
