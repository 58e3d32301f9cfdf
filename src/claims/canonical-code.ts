import { Immediates, immediatesOf } from "../wasm/index.ts";
import type { Recoder } from "./recoder.ts";

const END = 0x0b;
/** Instructions newer than the MVP. */
const FEATURES: readonly (readonly [first: number, last: number, feature: string])[] = [
  [0x06, 0x0a, "exceptions"],
  [0x12, 0x15, "tail calls or typed function references"],
  [0x18, 0x19, "exceptions"],
  [0x1c, 0x1c, "reference types"],
  [0x1f, 0x1f, "exceptions"],
  [0x25, 0x26, "reference types"],
  [0xc0, 0xc4, "sign extension"],
  [0xd0, 0xd6, "reference types"],
  [0xfc, 0xfc, "bulk memory or saturating conversion"],
  [0xfd, 0xfd, "SIMD"],
  [0xfe, 0xfe, "threads"],
];

const MVP = Uint8Array.from({ length: 256 }, (_, opcode) => (featureOf(opcode) === undefined ? 1 : 0));

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
  switch (MVP[opcode] === 1 ? immediatesOf(opcode) : Immediates.unknown) {
    case Immediates.none:
      return "plain";
    case Immediates.block:
      return copyBlockType(recoder);
    case Immediates.index:
      return copyIndex(recoder);
    case Immediates.labels:
      recoder.list(() => recoder.u32());
      return copyIndex(recoder);
    case Immediates.typeAndTable:
      recoder.u32();
      return copyZero(recoder, "more than one table");
    case Immediates.memory:
      return copyMemoryArgument(recoder);
    case Immediates.memoryIndex:
      return copyZero(recoder, "more than one memory");
    case Immediates.i32:
      recoder.signed(32);
      return "plain";
    case Immediates.i64:
      recoder.signed(64);
      return "plain";
    case Immediates.f32:
      recoder.raw(4);
      return "plain";
    case Immediates.f64:
      recoder.raw(8);
      return "plain";
    default: {
      const feature = featureOf(opcode) ?? "an unknown instruction";
      throw recoder.refuse(`${feature} (opcode 0x${opcode.toString(16)})`);
    }
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

function featureOf(opcode: number): string | undefined {
  return FEATURES.find(([first, last]) => opcode >= first && opcode <= last)?.[2];
}
