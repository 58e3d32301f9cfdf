import { type ChildProcess, spawn } from "node:child_process";
import { HostError } from "../../src/errors/index.ts";
import { atProcessEnd } from "./process-end.ts";

/** How a child process ended. */
export interface ProcessEnd {
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; `null` when it exited by itself. */
  readonly signal: NodeJS.Signals | null;
}

/** Options of {@link startOwnedProcess}. */
export interface OwnedProcessOptions {
  /** Working directory; default that of this process. */
  readonly directory?: string;
  /** Environment; default that of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether what it writes goes to our output instead of being kept; default `false`. */
  readonly isShown?: boolean;
}

/** A child process that never outlives this one. */
export interface OwnedProcess {
  readonly pid: number;
  /** Resolves when the child has ended; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** The last 64 KiB that the child wrote; empty when its output is shown. */
  output(): string;
  /** Asks it to end, and after the grace time makes it end. Stopping twice is fine. */
  stop(graceMs?: number): Promise<void>;
}

const keptOutput = 64 * 1024;

/** Starts a command without a shell and owns it: its process ends with ours, and its output is kept for errors. */
export async function startOwnedProcess(
  command: string,
  args: readonly string[],
  options: OwnedProcessOptions = {},
): Promise<OwnedProcess> {
  const child = spawn(command, args, {
    stdio: options.isShown === true ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    cwd: options.directory,
    env: options.environment ?? process.env,
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-keptOutput);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const pid = await pidOf(child, command);
  const withdraw = atProcessEnd(() => child.kill("SIGKILL"));
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (code, signal) => {
      withdraw();
      resolve({ code, signal });
    });
  });
  return {
    pid,
    ended,
    output: () => output,
    stop: (graceMs = 3000) => stop(child, ended, graceMs),
  };
}

function pidOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(new HostError("system.command_failed", `${command} could not be started.`, { cause }));
    });
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
}

async function stop(child: ChildProcess, ended: Promise<ProcessEnd>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(force);
}
