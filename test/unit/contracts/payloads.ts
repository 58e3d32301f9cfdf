import { encode } from "@msgpack/msgpack";
import { bytes, vectors } from "../lattice/lattice-vectors.ts";

export { bytes, hex } from "../lattice/lattice-vectors.ts";

/** A payload of protocol section 3.8 by its name. */
export function vector(name: string): { readonly hex: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  const found = vectors.contractPayloads.find((payload) => payload.name === name);
  if (found === undefined) throw new Error(`There is no payload "${name}"`);
  return { hex: found.hex, bytes: bytes(found.hex) };
}

/** MessagePack bytes of a value. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  return encode(value);
}

export const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);
