import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ActorEntry } from "./actor-table.ts";
import { digest, folderDigest } from "./files.ts";

/** No instruction newer than the first release of WebAssembly: hosts of 0.18 parse nothing else. */
const FLAGS: readonly string[] = [
  "--runtime=stub",
  "--optimizeLevel=3",
  "--shrinkLevel=1",
  "--disable=bulk-memory",
  "--disable=mutable-globals",
  "--disable=nontrapping-f2i",
  "--disable=sign-extension",
];

/** The part of the compiler's interface used here. Its own types would declare hundreds of globals. */
interface Compiler {
  main(
    argv: readonly string[],
    io: { writeFile(name: string, contents: Uint8Array | string): void },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/**
 * Compiles an actor from AssemblyScript.
 * @param sources the folder of all actors
 */
export async function compileActor(sources: string, actor: ActorEntry): Promise<Uint8Array> {
  // A name in a variable: TypeScript must not follow the import, see Compiler.
  const specifier: string = "assemblyscript/asc";
  const compiler: Compiler = await import(specifier);
  let module: Uint8Array | undefined;
  const result = await compiler.main(
    [
      `${actor.name}/index.ts`,
      `--baseDir=${sources}`,
      `--outFile=${actor.name}.wasm`,
      `--use=abort=${actor.abort === "log" ? "guest/abort/abort" : ""}`,
      ...FLAGS,
    ],
    {
      writeFile(_name, contents) {
        if (typeof contents !== "string") module = contents;
      },
    },
  );
  if (result.error !== null || module === undefined) {
    throw new Error(`The actor ${actor.name} does not compile:\n${result.stderr}`, { cause: result.error });
  }
  return module;
}

/** A digest of all that the compiled module depends on. */
export async function compilerInputs(sources: string, actor: ActorEntry): Promise<string> {
  const compiler = createRequire(import.meta.url).resolve("assemblyscript/package.json");
  return digest([
    await readFile(compiler, "utf8"),
    await readFile(fileURLToPath(import.meta.url), "utf8"),
    await folderDigest(join(sources, "guest")),
    await folderDigest(join(sources, actor.name)),
    actor.abort,
  ]);
}
