import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { generateSeed, KeyPair } from "../../src/keys/index.ts";

/** A provider to begin. */
export interface NewProvider {
  /** The name of its folder: small letters, digits and `-`. */
  readonly name: string;
  /** Where the folder is made. */
  readonly parent: string;
  readonly contract: string;
  readonly vendor: string;
}

/** What was made. */
export interface CreatedProvider {
  readonly folder: string;
  /** The provider's `V…` key. */
  readonly key: string;
  readonly issuer: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TEMPLATE = fileURLToPath(new URL("./template/", import.meta.url));
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** What can be written between quotes as it is. */
const PLAIN = /^[^"\\\p{Cc}]{1,200}$/u;
const OWNER_ONLY = 0o600;

/**
 * Makes a folder with a portable provider, a test of it, its keys, and a script that signs it.
 *
 * @throws HostError `input.invalid` for a bad name, contract or vendor; `system.command_failed` if the folder is there
 *   already or cannot be written: nothing is left of it then.
 */
export async function createProvider(provider: NewProvider): Promise<CreatedProvider> {
  const { name, parent, contract, vendor } = provider;
  if (!NAME.test(name)) {
    throw new HostError("input.invalid", `"${name}" is no name for a provider`, {
      hint: "Use small letters, digits and -, beginning with a letter; at most 63 characters.",
    });
  }
  for (const text of [contract, vendor]) {
    if (!PLAIN.test(text))
      throw new HostError("input.invalid", `"${text}" is empty, too long, or has quotes`);
  }
  const folder = join(parent, name);
  await makeFolder(folder);
  try {
    return await fill(folder, provider);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw failed(`Cannot write ${folder}: ${messageOf(cause)}`, cause);
  }
}

async function fill(folder: string, { name, contract, vendor }: NewProvider): Promise<CreatedProvider> {
  const words: Readonly<Record<string, string>> = {
    NAME: name,
    CONTRACT: contract,
    VENDOR: vendor,
    ROOT: JSON.stringify(ROOT).slice(1, -1),
  };
  for (const file of ["provider.mjs", "provider.test.mjs", "build.mjs"]) {
    const text = await readFile(join(TEMPLATE, file), "utf8");
    const filled = text.replace(/%([A-Z]+)%/g, (whole, word: string) => words[word] ?? whole);
    await writeFile(join(folder, file), filled);
  }
  const scripts = { test: "node --test", build: "node build.mjs" };
  const manifest = { name, version: "0.1.0", private: true, type: "module", scripts };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, ".gitignore"), "keys/\n*.par.gz\n");
  await mkdir(join(folder, "keys"));
  const issuer = await writeSeed(join(folder, "keys/account.seed"), "account");
  const key = await writeSeed(join(folder, "keys/provider.seed"), "service");
  return { folder, key, issuer };
}

async function writeSeed(file: string, kind: "account" | "service"): Promise<string> {
  const seed = generateSeed(kind);
  await writeFile(file, `${seed}\n`, { mode: OWNER_ONLY, flag: "wx" });
  return (await KeyPair.fromSeed(seed)).publicKey;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const message = isThere ? `${folder} is there already` : `Cannot make ${folder}: ${messageOf(cause)}`;
    throw failed(message, cause);
  }
}

function failed(message: string, cause: unknown): HostError {
  return new HostError("system.command_failed", message, { hint: "Choose another name or place.", cause });
}
