import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { signActorModule } from "../../src/claims/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import { compileActor, compilerInputs } from "./actor-compiler.ts";
import { type ActorEntry, type ActorSample, readActorTable } from "./actor-table.ts";
import { digest, folderDigest, readJson, replaceFile } from "./files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = join(ROOT, "test/actors");
const SIGNED = join(ROOT, "build/actors");
const UNSIGNED = join(SIGNED, "unsigned");
const STAMPS = join(SIGNED, "stamps.json");

/** Digests of what the files of one actor were made from. */
const stampSchema = v.object({ compiled: v.string(), signed: v.string() });
type Stamp = v.InferOutput<typeof stampSchema>;

/** A compiled and signed actor, as listed in `build/actors/index.json`. */
export interface BuiltActor {
  /** The folder of its source, and the name tests use. */
  readonly name: string;
  /** The name in its claims. */
  readonly title: string;
  /** File name of the signed module, beside the index; the same name under `unsigned/` has no claims. */
  readonly file: string;
  /** The actor's `M…` key. */
  readonly key: string;
  /** The `A…` key that signed it. */
  readonly issuer: string;
  /** Its call alias. */
  readonly alias?: string;
  /** Contract ids it may call. */
  readonly caps: readonly string[];
  /** Revision in its claims. */
  readonly rev: number;
  /** Version in its claims. */
  readonly ver: string;
  /** What it does, for people. */
  readonly description: string;
  /** Calls to try. */
  readonly samples: readonly ActorSample[];
  /** For users to see; the others are for tests. */
  readonly example: boolean;
}

/** How to build. */
export interface BuildActorsOptions {
  /** Told one line for each actor that was built, nothing for one that was up to date. Default: the console. */
  readonly log?: (line: string) => void;
}

/**
 * Compiles and signs the actors of `test/actors` into `build/actors`, except those whose inputs have not changed, and
 * writes `build/actors/index.json`.
 */
export async function buildActors(options: BuildActorsOptions = {}): Promise<BuiltActor[]> {
  const { log = console.log } = options;
  const table = await readActorTable(SOURCES);
  const issuer = await KeyPair.fromSeed(table.issuer.seed);
  const signer = await signerInputs(table.issuer.seed);
  const known = await readStamps();
  const stamps: Record<string, Stamp> = {};
  const built: BuiltActor[] = [];

  await mkdir(UNSIGNED, { recursive: true });
  for (const entry of table.actors) {
    const actor = await describeActor(entry, issuer.publicKey);
    const compiled = await compilerInputs(SOURCES, entry);
    const signed = digest([compiled, signer, JSON.stringify(entry)]);
    if (known[entry.name]?.signed !== signed || !existsSync(join(SIGNED, actor.file))) {
      const module = await compileUnlessKnown(entry, actor.file, known[entry.name]?.compiled === compiled);
      const size = await sign(module, entry, actor, issuer);
      log(`built ${actor.file}, ${size} bytes, ${actor.key}`);
    }
    stamps[entry.name] = { compiled, signed };
    built.push(actor);
  }
  await replaceFile(join(SIGNED, "index.json"), `${JSON.stringify(built, null, 2)}\n`);
  await replaceFile(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
  return built;
}

async function compileUnlessKnown(entry: ActorEntry, file: string, known: boolean): Promise<Uint8Array> {
  const path = join(UNSIGNED, file);
  if (known && existsSync(path)) return readFile(path);
  const module = await compileActor(SOURCES, entry);
  await replaceFile(path, module);
  return module;
}

async function sign(
  unsigned: Uint8Array,
  entry: ActorEntry,
  actor: BuiltActor,
  issuer: KeyPair,
): Promise<number> {
  const claims = {
    subject: actor.key,
    name: entry.title,
    capabilities: entry.caps,
    tags: entry.tags,
    revision: entry.rev,
    version: entry.ver,
    ...(entry.alias === undefined ? {} : { callAlias: entry.alias }),
  };
  const signed = await signActorModule(unsigned, claims, issuer);
  await replaceFile(join(SIGNED, actor.file), signed);
  return signed.length;
}

async function describeActor(entry: ActorEntry, issuer: string): Promise<BuiltActor> {
  const { publicKey } = await KeyPair.fromSeed(entry.seed);
  return {
    name: entry.name,
    title: entry.title,
    file: `${entry.name}.wasm`,
    key: publicKey,
    issuer,
    ...(entry.alias === undefined ? {} : { alias: entry.alias }),
    caps: entry.caps,
    rev: entry.rev,
    ver: entry.ver,
    description: entry.description,
    samples: entry.samples,
    example: entry.example,
  };
}

/** A digest of what every token depends on. */
async function signerInputs(issuerSeed: string): Promise<string> {
  return digest([
    issuerSeed,
    await readFile(fileURLToPath(import.meta.url), "utf8"),
    await folderDigest(join(ROOT, "src/claims")),
    await folderDigest(join(ROOT, "src/keys")),
  ]);
}

async function readStamps(): Promise<Record<string, Stamp>> {
  if (!existsSync(STAMPS)) return {};
  // Stamps of another form are those of an older build script: everything is built anew.
  const stamps = v.safeParse(v.record(v.string(), stampSchema), await readJson(STAMPS));
  return stamps.success ? stamps.output : {};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildActors();
