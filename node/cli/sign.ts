import { readFile, writeFile } from "node:fs/promises";
import { parse as parsePath } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ActorClaims,
  readProviderArchive,
  signActorModule,
  verifyActorModule,
  writeProviderArchive,
} from "../../src/claims/index.ts";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { generateSeed, isPublicKey, KeyPair } from "../../src/keys/index.ts";
import {
  type ArchiveCommand,
  type GeneratedKind,
  parseSignArguments,
  type SignCommand,
  USAGE,
} from "./sign-arguments.ts";

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
    else if (command.kind === "archive") await writeArchive(command, output);
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

async function generate(kind: GeneratedKind, file: string, output: SignOutput): Promise<void> {
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
  const { issuer, subject } = await readKeys(command);
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

async function writeArchive(command: ArchiveCommand, output: SignOutput): Promise<void> {
  const { issuer, subject } = await readKeys(command);
  const targets = new Map<string, Uint8Array>();
  for (const [target, file] of command.targets) targets.set(target, await readBytes(file));
  const { now, out, asked } = command;
  const asksForNothing = asked.network.length === 0 && !asked.storage;
  const compress = out.endsWith(".gz");
  const bytes = await writeProviderArchive({ ...command.claims, subject }, issuer, {
    targets,
    ...(asksForNothing ? {} : { manifest: new TextEncoder().encode(JSON.stringify(asked)) }),
    compress,
    now,
  });
  const { claims } = await readProviderArchive(bytes, {
    now: Math.max(now, command.claims.notBefore ?? 0),
    maxBytes: bytes.length,
    maxUnpackedBytes: Number.MAX_SAFE_INTEGER,
  });
  await writeFile(out, bytes);
  output.out(`issuer   ${claims.issuer}`);
  output.out(`subject  ${claims.subject}`);
  for (const [target, hash] of Object.entries(claims.targetHashes)) output.out(`hash     ${hash} ${target}`);
  output.out(`output   ${out}`);
}

async function readKeys(
  files: Pick<SignCommand, "issuer" | "subject">,
): Promise<{ issuer: KeyPair; subject: string }> {
  const issuer = await KeyPair.fromSeed(await readKey(files.issuer, "issuer"));
  const text = await readKey(files.subject, "subject");
  return { issuer, subject: isPublicKey(text) ? text : (await KeyPair.fromSeed(text)).publicKey };
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
      hint: "Create one with `npm run sign -- --generate account FILE`, or `module` or `service` in place of `account`.",
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
