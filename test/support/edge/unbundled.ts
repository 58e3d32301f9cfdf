import { extractToken, KeyPair, signActorModule } from "../../../src/index.ts";
import { handmade } from "../../unit/wapc/handmade.ts";
import { testActor } from "../actors.ts";
import type { ModuleServer } from "../module-server.ts";

/** The key of the edge's HTTP server. */
export const EDGE_HTTP_SERVER_ID = "VAP2J5Q62ZVOM77SQNF3EPHGXI6IDNFHS5KXAX2O6TCGIUEJ7TGUOYJJ";

const made = new Map<string, Promise<{ readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> }>>();

/**
 * A signed module that is in no bundle, served as `/NAME.wasm`.
 *
 * @param from - a test actor, or one of the ways in which a module is bad.
 */
export async function unbundled(
  modules: ModuleServer,
  name: string,
  from: string,
): Promise<{ readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const module = made.get(name) ?? make(from);
  made.set(name, module);
  const { key, bytes } = await module;
  modules.route(`/${name}.wasm`, (_request, response) => response.end(bytes));
  return { key, bytes };
}

async function make(from: string): Promise<{ key: string; bytes: Uint8Array<ArrayBuffer> }> {
  const { publicKey: key } = await KeyPair.generate("module");
  if (from === "garbage") return { key, bytes: new Uint8Array(1_000) };
  const unsigned = otherContent(moduleOf(from), key);
  if (from === "unsigned") return { key, bytes: unsigned };
  const capabilities = [
    "wasmcloud:httpserver",
    "wasmcloud:keyvalue",
    "wasmcloud:httpclient",
    "wasmcloud:logging",
  ];
  const issuer = await KeyPair.generate("account");
  const claims = { subject: key, name: from, capabilities };
  return { key, bytes: await signActorModule(unsigned, claims, issuer, undefined, { canonical: false }) };
}

function moduleOf(from: string): Uint8Array {
  if (from === "foreign") return handmade({ from: "env" });
  if (from === "bad-code") return handmade({ guestCall: [0xff] });
  // An addition of nothing.
  if (from === "bad-types") return handmade({ guestCall: [0x6a] });
  return extractToken(testActor(from === "unsigned" ? "echo" : from).bytes).unsigned;
}

/** A custom section at the end makes another content, and so another hash, of the same code. */
export function otherContent(module: Uint8Array, note: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(note);
  const name = new TextEncoder().encode("note");
  const section = Uint8Array.of(0, 1 + name.length + text.length, name.length, ...name, ...text);
  return Uint8Array.of(...module, ...section);
}
