import { HostError } from "../../src/errors/index.ts";
import { withDeadline } from "./deadline.ts";
import { type OwnedProcessOptions, startOwnedProcess } from "./owned-process.ts";

/** Options of {@link runCommand}. */
export interface RunCommandOptions extends OwnedProcessOptions {
  /** How long it may run; it is ended after that. */
  readonly timeoutMs: number;
}

/** Runs a command to its end and returns its exit code, 128 for one ended by a signal, and its last output. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<{ readonly code: number; readonly output: string }> {
  const child = await startOwnedProcess(command, args, options);
  try {
    const { code } = await withDeadline(child.ended, options.timeoutMs, `${command} ${args.join(" ")}`);
    return { code: code ?? 128, output: child.output() };
  } finally {
    await child.stop();
  }
}

/** Runs a command to its end and returns its last output; anything but exit code 0 is an error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<string> {
  const { code, output } = await runToEnd(command, args, options);
  if (code === 0) return output;
  const reason = output.trim().split("\n").slice(-5).join("\n");
  throw new HostError("system.command_failed", `${command} failed with exit code ${code}: ${reason}`.trim(), {
    details: { code, output },
  });
}
