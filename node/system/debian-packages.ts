import { existsSync } from "node:fs";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { findCommand } from "./find-command.ts";
import { runCommand } from "./run-command.ts";

/** A program that something needs, and where it comes from. */
export interface NeededCommand {
  /** Its file name. */
  readonly command: string;
  /** Other names that serve as well, tried after it. */
  readonly alternatives?: readonly string[];
  /** The Debian package that holds it. */
  readonly debianPackage: string;
  /** Folders beside PATH where it may lie. */
  readonly folders?: readonly string[];
  /** Where to get it on other systems, as a short phrase. */
  readonly elsewhere?: string;
}

/** What {@link ensureCommand} asks of the machine; tests replace it. */
export interface PackageTools {
  /** Whether packages can be installed here. */
  readonly canInstall: () => boolean;
  /** Installs one Debian package. */
  readonly install: (debianPackage: string) => Promise<void>;
  /** Where progress is told. */
  readonly say: (line: string) => void;
}

const updateTimeoutMs = 300_000;
const installTimeoutMs = 1_200_000;
const waitForLock = ["-o", "DPkg::Lock::Timeout=120"];
let indexUpdate: Promise<void> | undefined;

/** Whether this is a Debian-like system where this process may install packages: apt-get is there, and we are root. */
export function canInstall(): boolean {
  return (
    existsSync("/etc/debian_version") && findCommand("apt-get") !== undefined && process.getuid?.() === 0
  );
}

const systemTools: PackageTools = { canInstall, install: installPackage, say: console.log };

/** The path of a program: as found, or installed from Debian's packages where that is possible. */
export async function ensureCommand(
  needed: NeededCommand,
  tools: PackageTools = systemTools,
): Promise<string> {
  const found = findNeeded(needed);
  if (found !== undefined) return found;
  if (!tools.canInstall()) throw missing(needed, "and cannot be installed from here");
  tools.say(`${needed.command} is missing: installing the Debian package ${needed.debianPackage} ...`);
  try {
    await tools.install(needed.debianPackage);
  } catch (cause) {
    throw missing(needed, `and installing it failed: ${messageOf(cause)}`, cause);
  }
  const installed = findNeeded(needed);
  if (installed === undefined)
    throw missing(needed, `although the package ${needed.debianPackage} is installed`);
  tools.say(`${needed.command} is installed.`);
  return installed;
}

function findNeeded(needed: NeededCommand): string | undefined {
  const names = [needed.command, ...(needed.alternatives ?? [])];
  return names.map((name) => findCommand(name, needed.folders)).find((path) => path !== undefined);
}

async function installPackage(debianPackage: string): Promise<void> {
  indexUpdate ??= updateIndex();
  await indexUpdate;
  const args = ["install", "-y", "--no-install-recommends", ...waitForLock, debianPackage];
  await runCommand("apt-get", args, { timeoutMs: installTimeoutMs, environment: quietEnvironment() });
}

/** A stale package index is often good enough, so a failed update is told and the installation tried all the same. */
async function updateIndex(): Promise<void> {
  const args = ["update", ...waitForLock];
  await runCommand("apt-get", args, { timeoutMs: updateTimeoutMs, environment: quietEnvironment() }).catch(
    (error: unknown) => console.warn(`apt-get update failed, going on: ${messageOf(error)}`),
  );
}

function quietEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
}

function missing(needed: NeededCommand, circumstance: string, cause?: unknown): HostError {
  const elsewhere = needed.elsewhere === undefined ? "" : ` Elsewhere: ${needed.elsewhere}.`;
  return new HostError("system.command_missing", `${needed.command} is missing ${circumstance}.`, {
    hint: `On Debian, as root: apt-get install ${needed.debianPackage}.${elsewhere}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
