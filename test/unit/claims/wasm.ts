import { utf8 } from "./hex.ts";

/** Header of a core module, version 1. */
export const HEADER: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A number as LEB128, padded to a length where one is given. */
export function leb(value: number, length = 1): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  } while (rest > 0 || bytes.length < length);
  return bytes.with(-1, (bytes.at(-1) ?? 0) & 0x7f);
}

/** A section; its size is padded to `sizeLength` bytes. */
export function section(id: number, content: Iterable<number>, sizeLength = 1): number[] {
  const bytes = [...content];
  return [id, ...leb(bytes.length, sizeLength), ...bytes];
}

/** A length and the UTF-8 bytes of a name. */
export function name(text: string): number[] {
  const bytes = utf8(text);
  return [...leb(bytes.length), ...bytes];
}

/** A custom section. */
export function custom(title: string, content: Iterable<number> = [], sizeLength = 1): number[] {
  return section(0, [...name(title), ...content], sizeLength);
}

/** A module of sections. */
export function wasm(...sections: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...HEADER, ...sections.flat()]);
}

const I32 = 0x7f;
const SECTIONS = {
  types: section(1, [1, 0x60, 2, I32, I32, 1, I32]),
  functions: section(3, [1, 0]),
  exports: section(7, [1, ...name("__guest_call"), 0, 0]),
  code: section(10, [1, 4, 0, 0x41, 1, 0x0b]),
} as const;

/** The sections of the smallest guest: `__guest_call` answers 1. Members may be replaced, null leaves one out. */
export function guestSections(
  changes: { [K in keyof typeof SECTIONS]?: readonly number[] | null } = {},
): number[][] {
  return Object.values({ ...SECTIONS, ...changes }).flatMap((bytes) => (bytes === null ? [] : [[...bytes]]));
}

/** The smallest guest, with custom sections before and after its code. */
export function guest(): Uint8Array<ArrayBuffer> {
  return wasm(custom("first", [1, 2, 3]), ...guestSections(), custom("producers", [4]));
}
