import { readFileSync } from "node:fs";

/** An entry of the index that the build of the example actors writes; the parts that tests use. */
interface BuiltActor {
  readonly name: string;
  readonly file: string;
  readonly key: string;
  readonly issuer: string;
}

const folder = new URL("../../build/actors/", import.meta.url);

/** The signed module of a test actor, and its key. */
export function testActor(name: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly key: string } {
  const index = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as BuiltActor[];
  const entry = index.find((actor) => actor.name === name);
  if (entry === undefined) throw new Error(`There is no test actor called ${name}.`);
  return { bytes: new Uint8Array(readFileSync(new URL(entry.file, folder))), key: entry.key };
}

/** The module of a test actor before it was signed. */
export function unsignedTestActor(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`unsigned/${name}.wasm`, folder)));
}
