import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NeededCommand } from "../../node/system/debian-packages.ts";
import { findCommand } from "../../node/system/find-command.ts";
import { type OwnedProcess, startOwnedProcess } from "../../node/system/owned-process.ts";
import { makeScratchFolder } from "../../node/system/scratch-folder.ts";

/** The registry of the tests: Debian's package of the reference implementation. */
export const dockerRegistryCommand: NeededCommand = {
  command: "docker-registry",
  debianPackage: "docker-registry",
  folders: ["/usr/bin", "/usr/local/bin"],
  elsewhere: "build github.com/distribution/distribution 2.8 and put it on PATH as docker-registry",
};

/** The user of a registry that wants a password. */
export const registryUser = { user: "tester", password: "correct horse" } as const;
/** That user in the form of `htpasswd -B`. */
const passwordLine = "tester:$2y$05$WebLatticeTestSaltAa.e1nxrHx9.aodfdt2nwLE8mFAmE7gv7bm";

/** How a {@link TestRegistry} lets clients in, and pages. */
export interface TestRegistryOptions {
  /** `basic`: {@link registryUser}. Otherwise lines for its `auth` section. Default: anybody. */
  readonly auth?: "basic" | readonly string[];
  /** Origin whose pages may use it. Default: none. */
  readonly pageOrigin?: string;
}

/** A running docker-registry. */
export interface TestRegistry {
  /** Its name in references: host and port. */
  readonly name: string;
  readonly url: string;
  /** What it wrote, its access log included. */
  log(): string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a real docker-registry on a free port, with storage of its own. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { command, folders = [] } = dockerRegistryCommand;
  const path = findCommand(command, folders);
  if (path === undefined) throw new Error("There is no docker-registry: run `npm test -- registry`.");
  const folder = makeScratchFolder("registry");
  writeFileSync(join(folder.path, "htpasswd"), `${passwordLine}\n`);
  writeFileSync(join(folder.path, "config.yml"), configText(options, folder.path));
  let server: OwnedProcess | undefined;
  const stop = async (): Promise<void> => {
    await server?.stop();
    folder.remove();
  };
  try {
    server = await startOwnedProcess(path, ["serve", join(folder.path, "config.yml")]);
    const name = `127.0.0.1:${await portOf(server)}`;
    const { output } = server;
    return { name, url: `http://${name}`, log: output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configText({ auth = [], pageOrigin }: TestRegistryOptions, folder: string): string {
  const basic = ["  htpasswd:", "    realm: weblattice-test", `    path: ${join(folder, "htpasswd")}`];
  const authLines = auth === "basic" ? basic : auth;
  const pageLines = [
    `    Access-Control-Allow-Origin: ["${pageOrigin}"]`,
    '    Access-Control-Allow-Methods: ["HEAD", "GET", "OPTIONS"]',
    '    Access-Control-Allow-Headers: ["Authorization", "Accept"]',
    '    Access-Control-Expose-Headers: ["Docker-Content-Digest", "WWW-Authenticate"]',
  ];
  return [
    "version: 0.1",
    "storage:",
    "  filesystem:",
    `    rootdirectory: ${join(folder, "images")}`,
    "http:",
    "  addr: 127.0.0.1:0",
    "  headers:",
    "    X-Content-Type-Options: [nosniff]",
    ...(pageOrigin === undefined ? [] : pageLines),
    ...(authLines.length === 0 ? [] : ["auth:", ...authLines]),
    "",
  ].join("\n");
}

const startTimeoutMs = 15_000;

/** It chooses a free port itself, so no two starts can collide, and tells it in its log. */
async function portOf(server: OwnedProcess): Promise<number> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && !hasEnded) {
    const [, port] = /listening on 127\.0\.0\.1:(\d+)/.exec(server.output()) ?? [];
    if (port !== undefined) return Number(port);
    await sleep(15);
  }
  throw new Error(`docker-registry did not start: ${server.output()}`);
}
