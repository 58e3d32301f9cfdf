import { joined } from "../bytes/index.ts";
import { HostError } from "../errors/index.ts";
import { leb128, type ModuleSection, readModule } from "../wasm/index.ts";
import { sha256Hex } from "./digest.ts";
import { decodeUtf8 } from "./json.ts";

const TOKEN_SECTION = "jwt";
// wascap 0.9 and later write the second name and read both.
const TOKEN_SECTIONS: readonly (string | undefined)[] = [TOKEN_SECTION, "wasmcloud_jwt"];

/** A signed module taken apart. */
export interface ExtractedToken {
  /** The token, unverified. */
  readonly token: string;
  /** The module without the token section: what the hash in the claims is about. */
  readonly unsigned: Uint8Array<ArrayBuffer>;
  /** Where in `unsigned` the token section was, in bytes. */
  readonly position: number;
}

/**
 * Cuts the token out of a signed module. Contracts sections 3.5 and 3.6.
 * @throws HostError `module.malformed`; `module.unsigned` without a token; `module.duplicate_token` with more than one,
 * as readers differ in which one they believe; `jwt.malformed` where the token is not text
 */
export function extractToken(bytes: Uint8Array): ExtractedToken {
  return cutToken(bytes, readModule(bytes));
}

/** {@link extractToken} for a module whose sections are known already. */
export function cutToken(bytes: Uint8Array, sections: readonly ModuleSection[]): ExtractedToken {
  const found = sections.filter(({ name }) => TOKEN_SECTIONS.includes(name));
  const [section] = found;
  if (section === undefined) {
    throw new HostError("module.unsigned", "Unable to extract embedded token from WebAssembly module", {
      hint: "The module is not signed. Sign it with `npm run sign` or `wash claims sign`.",
    });
  }
  if (found.length > 1) {
    throw new HostError("module.duplicate_token", `The module has ${found.length} embedded tokens`, {
      hint: "Strip all sections named jwt and wasmcloud_jwt, then sign the module again.",
    });
  }
  return {
    token: decodeUtf8(bytes.subarray(section.content, section.end)),
    unsigned: joined([bytes.subarray(0, section.start), bytes.subarray(section.end)]),
    position: section.start,
  };
}

/**
 * Puts a token into a module that has none, as a custom section named `jwt`. Contracts section 3.1.
 * @param position where the section begins, in bytes; default: at the end. Must be between two sections.
 */
export function embedToken(
  unsigned: Uint8Array,
  token: string,
  position: number = unsigned.length,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const name = encoder.encode(TOKEN_SECTION);
  const text = encoder.encode(token);
  const header = Uint8Array.of(0, ...leb128(1 + name.length + text.length), name.length);
  return joined([unsigned.subarray(0, position), header, name, text, unsigned.subarray(position)]);
}

/** The hash of a module without its token, as claims name it: SHA-256 in upper-case hexadecimal. */
export function moduleHash(unsigned: Uint8Array): Promise<string> {
  return sha256Hex(unsigned);
}
