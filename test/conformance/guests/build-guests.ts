import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import { replaceFile } from "../../../node/build/files.ts";
import { KeyPair, signActorModule } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";

/** Where the guests of the suite lie: `NAME.wasm`, and their keys by name in `keys.json`. */
export const guestsDirectory: string = fileURLToPath(
  new URL("../../../build/conformance/actors", import.meta.url),
);

/** Guests that are among the test actors. */
const TEST_ACTORS: readonly string[] = ["bare", "echo", "faulty", "faulty-init", "pinger", "ponger"];
/** Guests written as text in this folder, for what no compiler does on demand. */
const TEXT_GUESTS: readonly string[] = ["repeater", "starter", "stranger"];

/** Gathers the guests of the suite; the test actors must have been built. */
export async function buildGuests(): Promise<void> {
  await mkdir(guestsDirectory, { recursive: true });
  const keys: Record<string, string> = {};
  for (const name of TEST_ACTORS) {
    const { bytes, key } = testActor(name);
    await replaceFile(`${guestsDirectory}/${name}.wasm`, bytes);
    keys[name] = key;
  }
  const issuer = await KeyPair.generate("account");
  for (const name of TEXT_GUESTS) {
    const { publicKey } = await KeyPair.generate("module");
    const claims = { subject: publicKey, name, capabilities: ["wasmcloud:keyvalue"] };
    const signed = await signActorModule(await textModule(name), claims, issuer);
    await replaceFile(`${guestsDirectory}/${name}.wasm`, signed);
    keys[name] = publicKey;
  }
  await replaceFile(`${guestsDirectory}/keys.json`, JSON.stringify(keys));
}

async function textModule(name: string): Promise<Uint8Array> {
  const module = binaryen.parseText(await readFile(new URL(`./${name}.wat`, import.meta.url), "utf8"));
  try {
    if (module.validate() !== 1) throw new Error(`${name}.wat is not valid`);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
