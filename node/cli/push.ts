import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { RegistryClient, type RegistryCredentials } from "../../src/registry/index.ts";
import { type PushCommand, parsePushArguments, USAGE } from "./push-arguments.ts";
import { contentKind } from "./push-content.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** Where the tool writes its lines. */
export interface PushOutput {
  /** Results. */
  out(line: string): void;
  /** Errors. */
  err(line: string): void;
}

/**
 * The pushing tool: `npm run push -- …`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runPush(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: PushOutput,
): Promise<number> {
  try {
    const command = parsePushArguments(args);
    if (command.kind === "help") output.out(USAGE);
    else await push(command, environment, output);
    return DONE;
  } catch (error) {
    output.err(`push: ${messageOf(error)}`);
    if (error instanceof HostError && error.hint !== undefined) output.err(`      ${error.hint}`);
    const isUsage =
      error instanceof HostError && ["input.invalid", "registry.invalid_reference"].includes(error.code);
    if (isUsage) output.err("      `npm run push -- --help` lists the options.");
    return isUsage ? WRONG_USAGE : FAILED;
  }
}

async function push(command: PushCommand, environment: NodeJS.ProcessEnv, output: PushOutput): Promise<void> {
  const { file, reference, insecure, holds } = command;
  const bytes = await readBytes(file);
  const kind = await contentKind(bytes, holds);
  const credentials = credentialsOf(environment);
  const client = new RegistryClient({
    insecure: insecure ? [reference.registry] : [],
    credentials: () => credentials,
  });
  try {
    const { digest } = await client.push(reference, bytes, { kind });
    const { registry, repository, tag } = reference;
    output.out(`reference  ${registry}/${repository}:${tag}`);
    output.out(`digest     ${registry}/${repository}@${digest}`);
  } finally {
    await client.close();
  }
}

/** Both, or nobody. Protocol section 11.2. */
function credentialsOf(environment: NodeJS.ProcessEnv): RegistryCredentials | undefined {
  const user = environment["OCI_REGISTRY_USER"] || undefined;
  const password = environment["OCI_REGISTRY_PASSWORD"] || undefined;
  return user === undefined || password === undefined ? undefined : { user, password };
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new HostError("system.command_failed", `Cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  process.exitCode = await runPush(process.argv.slice(2), process.env, {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
  });
}
