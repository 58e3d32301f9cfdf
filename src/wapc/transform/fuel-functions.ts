import { leb128 } from "../../wasm/index.ts";

/** Functions that are added to a module with fuel counters, by their place behind the module's own. */
export const TICK = 0;
export const SPEND = 1;
export const FIRST_BULK = 2;

/** Their types, by their place behind the module's own: `[]`, `[i32]` and `[i32 i32 i32]`, all without a result. */
export const FUEL_TYPES: readonly (readonly number[])[] = [
  [0x60, 0, 0],
  [0x60, 1, 0x7f, 0],
  [0x60, 3, 0x7f, 0x7f, 0x7f, 0],
];

/** `call` of a function. */
export function callOf(index: number): number[] {
  return [0x10, ...leb128(index)];
}

/** `i32.const` of a number that is not negative. */
export function constant(value: number): number[] {
  const bytes = leb128(value);
  const last = bytes.at(-1) ?? 0;
  // The highest bit is the sign.
  return last < 0x40 ? [0x41, ...bytes] : [0x41, ...bytes.with(-1, last | 0x80), 0];
}

/** Takes one unit of fuel; traps when there is none. */
export function tickBody(fuel: number): number[] {
  const index = leb128(fuel);
  return body([
    ...[0x23, ...index, 0x45, 0x04, 0x40, 0x00, 0x0b], // (if (i32.eqz (global.get)) (unreachable))
    ...[0x23, ...index, 0x41, 1, 0x6b, 0x24, ...index], // (global.set (i32.sub (global.get) (i32.const 1)))
  ]);
}

/** Takes as many units as its argument says; takes all and traps when there are fewer. */
export function spendBody(fuel: number): number[] {
  const index = leb128(fuel);
  return body([
    ...[0x23, ...index, 0x20, 0, 0x49, 0x04, 0x40], // (if (i32.lt_u (global.get) (local.get 0))
    ...[0x41, 0, 0x24, ...index, 0x00, 0x0b], //   (global.set (i32.const 0)) (unreachable))
    ...[0x23, ...index, 0x20, 0, 0x6b, 0x24, ...index], // (global.set (i32.sub (global.get) (local.get 0)))
  ]);
}

/** Does a bulk instruction after it has taken a unit for every 64 bytes or items. */
export function bulkBody(instruction: readonly number[], spend: number): number[] {
  return body([
    ...[0x20, 2, 0x41, 6, 0x76, 0x41, 1, 0x6a, ...callOf(spend)], // (call (i32.add (i32.shr_u (length) 6) 1))
    ...[0x20, 0, 0x20, 1, 0x20, 2, ...instruction],
  ]);
}

/** A body without locals. */
function body(code: readonly number[]): number[] {
  return [...leb128(code.length + 2), 0, ...code, 0x0b];
}
