import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { HostError } from "../../errors/index.ts";

/** What a key holds. Lists and sets are never empty. */
export type Value =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list" | "set"; readonly items: readonly string[] };

/** A key's value, and when it ends. */
export interface Entry {
  readonly value: Value;
  /** Milliseconds since the epoch; absent: never. */
  readonly expires?: number;
}

const VERSION = 1;
const common = [v.literal(VERSION), v.string(), v.nullable(v.number())] as const;
const schema = v.union([
  v.tuple([...common, v.literal("text"), v.string()]),
  v.tuple([...common, v.picklist(["list", "set"]), v.array(v.string())]),
]);

/** An entry as bytes. Its key is among them: a store may have it only as a digest. */
export function encodeEntry(key: string, { value, expires }: Entry): Uint8Array {
  const content = value.kind === "text" ? value.text : value.items;
  return encode([VERSION, key, expires ?? null, value.kind, content]);
}

/** @throws HostError `storage.failed` for what is not an entry of this key. */
export function decodeEntry(key: string, bytes: Uint8Array): Entry {
  const parsed = v.safeParse(schema, decoded(bytes));
  if (!parsed.success || parsed.output[1] !== key) {
    throw new HostError("storage.failed", "What is stored under this key cannot be read", {
      hint: "Something else writes to this store, or it is damaged. Delete the key, or set it anew.",
    });
  }
  const [, , expires, kind, content] = parsed.output;
  const value: Value = kind === "text" ? { kind, text: content } : { kind, items: content };
  return expires === null ? { value } : { value, expires };
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
