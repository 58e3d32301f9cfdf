import { readFile, writeFile } from "node:fs/promises";
import { parse as parsePath } from "node:path";
import { pathToFileURL } from "node:url";
import { type ActorClaims, signActorModule, verifyActorModule } from "../../src/claims/index.ts";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { generateSeed, isPublicKey, KeyPair } from "../../src/keys/index.ts";
import { parseSignArguments, type SignCommand, USAGE } from "./sign-arguments.ts";

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
const OWNER_ONLY = 0o600;

/** Where the tool writes its lines. */
export interface SignOutput {
  /** Results. */
  out(line: string): void;
  /** Errors and notices. */
  err(line: string): void;
}

/**
 * The signing tool: `npm run sign -- …`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runSign(args: readonly string[], output: SignOutput): Promise<number> {
  try {
    const command = parseSignArguments(args, Date.now() / 1000);
    if (command.kind === "help") output.out(USAGE);
    else if (command.kind === "generate") await generate(command.keyKind, command.file, output);
    else await sign(command, output);
    return DONE;
  } catch (error) {
    output.err(`sign: ${messageOf(error)}`);
    if (error instanceof HostError && error.hint !== undefined) output.err(`      ${error.hint}`);
    const isUsage = error instanceof HostError && error.code === "input.invalid";
    if (isUsage) output.err("      `npm run sign -- --help` lists the options.");
    return isUsage ? WRONG_USAGE : FAILED;
  }
}

async function generate(kind: "account" | "module", file: string, output: SignOutput): Promise<void> {
  const seed = generateSeed(kind);
  const { publicKey } = await KeyPair.fromSeed(seed);
  try {
    await writeFile(file, `${seed}\n`, { mode: OWNER_ONLY, flag: "wx" });
  } catch (cause) {
    throw new HostError("internal", `Cannot create ${file}: ${messageOf(cause)}`, {
      hint: "Seeds are never overwritten: choose another name.",
      cause,
    });
  }
  output.out(`${kind.padEnd(7)}  ${publicKey}`);
  output.out(`seed     ${file} (keep it secret)`);
}

async function sign(command: SignCommand, output: SignOutput): Promise<void> {
  const issuer = await KeyPair.fromSeed(await readKey(command.issuer, "issuer"));
  const subjectText = await readKey(command.subject, "subject");
  const subject = isPublicKey(subjectText) ? subjectText : (await KeyPair.fromSeed(subjectText)).publicKey;
  const module = await readBytes(command.file);
  const signed = await signActorModule(module, { ...command.claims, subject }, issuer, command.now, {
    canonical: command.canonical,
  });
  const { claims } = await verifyActorModule(signed, {
    now: Math.max(command.now, command.claims.notBefore ?? 0),
  });
  const path = command.out ?? signedName(command.file);
  await writeFile(path, signed);
  if (!command.canonical) {
    output.err(
      "sign: signed as it is; first-party 0.18 hosts may refuse it. Leave out --as-is to rule that out.",
    );
  }
  report(claims, path, output);
}

function report(claims: ActorClaims, path: string, output: SignOutput): void {
  output.out(`issuer   ${claims.issuer}`);
  output.out(`subject  ${claims.subject}`);
  output.out(`hash     ${claims.moduleHash}`);
  output.out(`output   ${path}`);
}

async function readKey(file: string, role: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new HostError("internal", `Cannot read the ${role} key from ${file}: ${messageOf(cause)}`, {
      hint: "Create one with `npm run sign -- --generate account FILE` or `--generate module FILE`.",
      cause,
    });
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(file));
}

function signedName(file: string): string {
  const { dir, name, ext } = parsePath(file);
  return `${dir === "" ? "" : `${dir}/`}${name}_signed${ext}`;
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  process.exitCode = await runSign(process.argv.slice(2), {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
  });
}
