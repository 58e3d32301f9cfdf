import type { Recoder } from "./recoder.ts";

const END = 0x0b;
const FEATURES: readonly (readonly [first: number, last: number, feature: string])[] = [
  [0x06, 0x09, "exceptions"],
  [0x12, 0x15, "tail calls or typed function references"],
  [0x18, 0x19, "exceptions"],
  [0x1c, 0x26, "reference types"],
  [0xc0, 0xc4, "sign extension"],
  [0xd0, 0xd2, "reference types"],
  [0xfc, 0xfc, "bulk memory or saturating conversion"],
  [0xfd, 0xfd, "SIMD"],
  [0xfe, 0xfe, "threads"],
];

/** Copies a value type of the MVP. */
export function copyValueType(recoder: Recoder): void {
  const type = recoder.byte();
  if (type < 0x7c || type > 0x7f) throw recoder.refuse(`value type 0x${type.toString(16)}`);
}

/** Copies instructions up to the `end` that closes them. */
export function copyExpression(recoder: Recoder): void {
  let depth = 1;
  while (depth > 0) {
    const opcode = recoder.byte();
    if (opcode === END) depth -= 1;
    else if (copyImmediates(recoder, opcode) === "block") depth += 1;
  }
}

/** Copies what follows an opcode. Anything beyond the MVP is refused, as the first-party reader does. */
function copyImmediates(recoder: Recoder, opcode: number): "block" | "plain" {
  if (opcode >= 0x45 && opcode <= 0xbf) return "plain";
  if (opcode >= 0x28 && opcode <= 0x3e) return copyMemoryArgument(recoder);
  if (opcode >= 0x20 && opcode <= 0x24) return copyIndex(recoder);
  switch (opcode) {
    case 0x00: // unreachable
    case 0x01: // nop
    case 0x05: // else
    case 0x0f: // return
    case 0x1a: // drop
    case 0x1b: // select
      return "plain";
    case 0x02: // block
    case 0x03: // loop
    case 0x04: // if
      return copyBlockType(recoder);
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
      return copyIndex(recoder);
    case 0x0e: // br_table
      recoder.list(() => recoder.u32());
      return copyIndex(recoder);
    case 0x11: // call_indirect
      recoder.u32();
      return copyZero(recoder, "more than one table");
    case 0x3f: // memory.size
    case 0x40: // memory.grow
      return copyZero(recoder, "more than one memory");
    case 0x41: // i32.const
      recoder.signed(32);
      return "plain";
    case 0x42: // i64.const
      recoder.signed(64);
      return "plain";
    case 0x43: // f32.const
      recoder.raw(4);
      return "plain";
    case 0x44: // f64.const
      recoder.raw(8);
      return "plain";
    default:
      throw recoder.refuse(`${featureOf(opcode)} (opcode 0x${opcode.toString(16)})`);
  }
}

function copyIndex(recoder: Recoder): "plain" {
  recoder.u32();
  return "plain";
}

function copyZero(recoder: Recoder, otherwise: string): "plain" {
  if (recoder.u32() !== 0) throw recoder.refuse(otherwise);
  return "plain";
}

function copyMemoryArgument(recoder: Recoder): "plain" {
  const MULTI_MEMORY = 0x40;
  if (recoder.u32() >= MULTI_MEMORY) throw recoder.refuse("more than one memory");
  return copyIndex(recoder);
}

function copyBlockType(recoder: Recoder): "block" {
  const type = recoder.byte();
  const isEmpty = type === 0x40;
  if (!isEmpty && (type < 0x7c || type > 0x7f)) throw recoder.refuse("blocks with several values");
  return "block";
}

function featureOf(opcode: number): string {
  return FEATURES.find(([first, last]) => opcode >= first && opcode <= last)?.[2] ?? "an unknown instruction";
}
