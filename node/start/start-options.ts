import { HostError } from "../../src/errors/index.ts";
import { isPortFree } from "../system/ports.ts";

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
