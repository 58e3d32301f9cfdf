import { leb, name, section, wasm } from "../claims/wasm.ts";

/** The functions a guest may import, in the order of their indices, with the index of their type. */
const IMPORTS = {
  __guest_request: 2,
  __guest_response: 2,
  __guest_error: 2,
  __host_call: 3,
  __host_response_len: 4,
  __host_response: 5,
  __host_error_len: 4,
  __host_error: 5,
  __console_log: 2,
} as const;

const I32 = 0x7f;
const TYPES = [
  [2, 1], // 0: __guest_call
  [0, 0], // 1: start functions
  [2, 0],
  [8, 1],
  [0, 1],
  [1, 0],
] as const;

/** Machine code. */
export type Code = readonly number[];

/** Where the guest's data lies, and a place for what the host writes. */
export const DATA = 1_024;
export const SCRATCH = 32_768;

/** Pushes a number. */
export function i32(value: number): Code {
  const bytes: number[] = [0x41];
  for (let rest = value | 0; ; rest >>= 7) {
    const last = rest >= -64 && rest < 64;
    bytes.push((rest & 0x7f) | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

/** Calls an import with numbers, or with what earlier code pushed. */
export function call(imported: keyof typeof IMPORTS, ...values: readonly number[]): Code {
  return [...values.flatMap(i32), 0x10, Object.keys(IMPORTS).indexOf(imported)];
}

/** Stores the number that the code pushes. */
export function store(address: number, value: Code): Code {
  return [...i32(address), ...value, 0x36, 2, 0];
}

export const UNREACHABLE: Code = [0x00];
export const DROP: Code = [0x1a];
/** The two parameters of `__guest_call`: lengths of operation and payload. */
export const OPERATION_LENGTH: Code = [0x20, 0];
export const PAYLOAD_LENGTH: Code = [0x20, 1];
/** Takes so many more pages of memory. */
export const grow = (pages: number): Code => [...i32(pages), 0x40, 0, ...DROP];

/** What a module made by hand consists of. */
export interface Handmade {
  /** Body of `__guest_call`, which must leave a number. */
  readonly guestCall?: Code;
  /** Bodies of functions without parameters, by the name they are exported under. */
  readonly functions?: Readonly<Record<string, Code>>;
  /** The module's own start function: index into {@link functions}. */
  readonly start?: number;
  /** Text at {@link DATA}. */
  readonly data?: string;
  /** Module name of the imports. */
  readonly from?: string;
}

/** Bytes of a guest that does exactly what the code says. */
export function handmade(options: Handmade): Uint8Array<ArrayBuffer> {
  const { guestCall = i32(1), functions = {}, data = "", from = "wapc", start } = options;
  const imports = Object.entries(IMPORTS);
  const bodies = [guestCall, ...Object.values(functions)];
  const exported = ["__guest_call", ...Object.keys(functions)];
  const text = [...Buffer.from(data)];
  const vector = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
  const ofI32 = (count: number): number[] => [...leb(count), ...Array<number>(count).fill(I32)];
  return wasm(
    section(1, vector(TYPES.map(([takes, gives]) => [0x60, ...ofI32(takes), ...ofI32(gives)]))),
    section(2, vector(imports.map(([title, type]) => [...name(from), ...name(title), 0, type]))),
    section(3, vector(bodies.map((_, index) => [index === 0 ? 0 : 1]))),
    section(5, [1, 0, 1]),
    section(
      7,
      vector([
        [...name("memory"), 2, 0],
        ...exported.map((title, index) => [...name(title), 0, ...leb(imports.length + index)]),
      ]),
    ),
    ...(start === undefined ? [] : [section(8, leb(imports.length + 1 + start))]),
    section(
      10,
      vector(
        bodies.map((body) => {
          const code = [0, ...body, 0x0b];
          return [...leb(code.length), ...code];
        }),
      ),
    ),
    section(11, vector([[0, ...i32(DATA), 0x0b, ...leb(text.length), ...text]])),
  );
}
