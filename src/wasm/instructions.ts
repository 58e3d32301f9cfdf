import type { WasmReader } from "./wasm-reader.ts";

/** What can follow an opcode. */
export const Immediates = {
  /** The opcode is not known here: where it ends cannot be told. */
  unknown: 0,
  none: 1,
  /** The type of a block, which begins here. */
  block: 2,
  /** One index or label. */
  index: 3,
  /** The memory of `memory.size` and `memory.grow`. */
  memoryIndex: 4,
  /** Type and table of an indirect call. */
  typeAndTable: 5,
  /** Alignment and offset of a load or store, and a memory if there are several. */
  memory: 6,
  /** Labels of `br_table`. */
  labels: 7,
  i32: 8,
  i64: 9,
  f32: 10,
  f64: 11,
  /** Value types of `select`. */
  types: 12,
  /** Type of `ref.null`. */
  heapType: 13,
  /** Type and catch clauses of `try_table`, a block. */
  tryTable: 14,
  /** A second opcode: numeric and bulk instructions. */
  numeric: 15,
  /** A second opcode: vector instructions. */
  vector: 16,
} as const;

type Kind = (typeof Immediates)[keyof typeof Immediates];

const MULTI_MEMORY = 0x40;
const CATCH_ALL = 2;

const RANGES: readonly (readonly [first: number, last: number, kind: Kind])[] = [
  [0x00, 0x01, Immediates.none], // unreachable, nop
  [0x02, 0x04, Immediates.block], // block, loop, if
  [0x05, 0x05, Immediates.none], // else
  [0x06, 0x06, Immediates.block], // try, of the first proposal on exceptions
  [0x07, 0x09, Immediates.index], // catch, throw, rethrow
  [0x0a, 0x0b, Immediates.none], // throw_ref, end
  [0x0c, 0x0d, Immediates.index], // br, br_if
  [0x0e, 0x0e, Immediates.labels], // br_table
  [0x0f, 0x0f, Immediates.none], // return
  [0x10, 0x10, Immediates.index], // call
  [0x11, 0x11, Immediates.typeAndTable], // call_indirect
  [0x12, 0x12, Immediates.index], // return_call
  [0x13, 0x13, Immediates.typeAndTable], // return_call_indirect
  [0x14, 0x15, Immediates.index], // call_ref, return_call_ref
  [0x18, 0x18, Immediates.index], // delegate
  [0x19, 0x1b, Immediates.none], // catch_all, drop, select
  [0x1c, 0x1c, Immediates.types], // select of a type
  [0x1f, 0x1f, Immediates.tryTable],
  [0x20, 0x26, Immediates.index], // local.…, global.…, table.get, table.set
  [0x28, 0x3e, Immediates.memory], // loads and stores
  [0x3f, 0x40, Immediates.memoryIndex], // memory.size, memory.grow
  [0x41, 0x41, Immediates.i32],
  [0x42, 0x42, Immediates.i64],
  [0x43, 0x43, Immediates.f32],
  [0x44, 0x44, Immediates.f64],
  [0x45, 0xc4, Immediates.none], // arithmetic, sign extension
  [0xd0, 0xd0, Immediates.heapType], // ref.null
  [0xd1, 0xd1, Immediates.none], // ref.is_null
  [0xd2, 0xd2, Immediates.index], // ref.func
  [0xd4, 0xd4, Immediates.none], // ref.as_non_null
  [0xd5, 0xd6, Immediates.index], // br_on_null, br_on_non_null
  [0xfc, 0xfc, Immediates.numeric],
  [0xfd, 0xfd, Immediates.vector],
];

const KINDS = new Uint8Array(256);
for (const [first, last, kind] of RANGES) KINDS.fill(kind, first, last + 1);

/** Numbers after each opcode that {@link skipPlain} passes over. */
const PLAIN = new Uint8Array(256).fill(255);
for (let opcode = 0; opcode < KINDS.length; opcode++) {
  const kind = KINDS[opcode];
  if (kind === Immediates.none) PLAIN[opcode] = 0;
  if (kind === Immediates.index || kind === Immediates.i32 || kind === Immediates.i64) PLAIN[opcode] = 1;
  if (kind === Immediates.memory) PLAIN[opcode] = 2;
}
const NOT_PLAIN = 255;
// global.get and global.set, for readers that look at every use of a global.
PLAIN.fill(NOT_PLAIN, 0x23, 0x25);

/** Number of indices after each numeric opcode of `0xfc`: conversions, then bulk and table instructions. */
const NUMERIC_INDICES: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
/** Vector opcodes between the known ones that mean nothing yet. */
const VECTOR_GAPS: ReadonlySet<number> = new Set([
  0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4,
  0xe2, 0xee,
]);
const LAST_VECTOR = 0x113;

/** What follows an opcode, as one of {@link Immediates}. */
export function immediatesOf(opcode: number): number {
  return KINDS[opcode] ?? Immediates.unknown;
}

/**
 * Moves a reader from behind an opcode to the next one.
 * @returns whether the instruction is known; if not, the reader has no place that means anything
 * @throws HostError `module.malformed`
 */
export function skipImmediates(reader: WasmReader, opcode: number): boolean {
  switch (KINDS[opcode]) {
    case Immediates.none:
      return true;
    case Immediates.index:
    case Immediates.memoryIndex:
      return skipIndices(reader, 1);
    case Immediates.typeAndTable:
      return skipIndices(reader, 2);
    case Immediates.memory:
      return skipMemory(reader);
    case Immediates.i32:
      return skipSigned(reader, 5);
    case Immediates.i64:
      return skipSigned(reader, 10);
    case Immediates.f32:
      return skipBytes(reader, 4);
    case Immediates.f64:
      return skipBytes(reader, 8);
    case Immediates.block:
      return skipBlockType(reader);
    case Immediates.labels:
      for (let count = reader.u32() + 1; count > 0; count--) reader.u32();
      return true;
    case Immediates.types:
      for (let count = reader.u32(); count > 0; count--) skipValueType(reader);
      return true;
    case Immediates.heapType:
      return skipSigned(reader, 5);
    case Immediates.tryTable:
      return skipTryTable(reader);
    case Immediates.numeric:
      return skipIndices(reader, NUMERIC_INDICES[reader.u32()]);
    case Immediates.vector:
      return skipVector(reader);
    default:
      return false;
  }
}

/**
 * Moves a reader over instructions of the most usual kinds, up to one that has to be looked at: the same as
 * {@link skipImmediates} again and again, many times faster in code that the engine has not optimized yet. Numbers of
 * too many bytes are left to the engine, which refuses them.
 *
 * @throws HostError `module.malformed` where the last one goes beyond the end
 */
export function skipPlain(reader: WasmReader): void {
  const { bytes, end } = reader;
  let at = reader.offset;
  while (at < end) {
    const opcode = bytes[at] ?? 0;
    let numbers = PLAIN[opcode] ?? NOT_PLAIN;
    if (numbers === NOT_PLAIN) break;
    // Another number follows where there are several memories.
    if (numbers === 2 && (bytes[at + 1] ?? 0) >= MULTI_MEMORY) break;
    at++;
    for (; numbers > 0; numbers--) {
      while ((bytes[at] ?? 0) >= 0x80) at++;
      at++;
    }
  }
  reader.offset = at;
  if (at > end) throw reader.error("unexpected end");
}

/**
 * Moves a reader behind a value type.
 * @throws HostError `module.malformed`
 */
export function skipValueType(reader: WasmReader): void {
  const type = reader.byte();
  // References to a heap type that follows; all other types are one byte.
  if (type === 0x63 || type === 0x64) skipSigned(reader, 5);
  else if (type < 0x40 || type > 0x7f) throw reader.error(`value type 0x${type.toString(16)}`);
}

function skipIndices(reader: WasmReader, count: number | undefined): boolean {
  for (let left = count ?? 0; left > 0; left--) reader.u32();
  return count !== undefined;
}

function skipBytes(reader: WasmReader, count: number): true {
  reader.take(count);
  return true;
}

function skipSigned(reader: WasmReader, most: number): true {
  for (let left = most; left > 0; left--) if (reader.byte() < 0x80) return true;
  throw reader.error("a number that is too long");
}

function skipMemory(reader: WasmReader): true {
  if (reader.u32() >= MULTI_MEMORY) reader.u32();
  // The offset; in a memory of 64 bits it may be longer.
  return skipSigned(reader, 10);
}

/** Nothing, a value type, or the index of a function type. */
function skipBlockType(reader: WasmReader): true {
  const type = reader.byte();
  if (type === 0x63 || type === 0x64) return skipSigned(reader, 5);
  return type < 0x80 ? true : skipSigned(reader, 4);
}

function skipTryTable(reader: WasmReader): boolean {
  skipBlockType(reader);
  for (let count = reader.u32(); count > 0; count--) {
    const clause = reader.byte();
    if (clause > 3) return false;
    if (clause < CATCH_ALL) reader.u32();
    reader.u32();
  }
  return true;
}

function skipVector(reader: WasmReader): boolean {
  const opcode = reader.u32();
  if (opcode > LAST_VECTOR || VECTOR_GAPS.has(opcode)) return false;
  if (opcode <= 11 || opcode === 92 || opcode === 93) return skipMemory(reader);
  if (opcode === 12 || opcode === 13) return skipBytes(reader, 16);
  if (opcode >= 84 && opcode <= 91) return skipMemory(reader) && skipBytes(reader, 1);
  return opcode >= 21 && opcode <= 34 ? skipBytes(reader, 1) : true;
}
