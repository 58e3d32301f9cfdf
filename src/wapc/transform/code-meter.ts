import { HostError } from "../../errors/index.ts";
import {
  type ByteWriter,
  leb128,
  skipImmediates,
  skipPlain,
  skipValueType,
  type WasmReader,
} from "../../wasm/index.ts";
import { bulkBody, callOf, constant, FIRST_BULK, SPEND, TICK } from "./fuel-functions.ts";

const LOOP = 0x03;
const GLOBAL_GET = 0x23;
const GLOBAL_SET = 0x24;
const MEMORY_GROW = 0x40;
const NUMERIC = 0xfc;
/** Bulk instructions of type `[i32 i32 i32] -> []`, the last operand being a length, and their number of indices. */
const BULK: ReadonlyMap<number, number> = new Map([
  [8, 2], // memory.init
  [10, 2], // memory.copy
  [11, 1], // memory.fill
  [12, 2], // table.init
  [14, 2], // table.copy
]);
const TABLE_GROW = 15;
const TABLE_FILL = 17;

/** Units for growing memory, which is slow however little it grows. */
const GROW_UNITS = 1_024;
/** Units for filling or growing a table; engines let it have ten million items. */
const TABLE_UNITS = 2 ** 20;
/** Bytes of code without a loop that cost another unit, as log2: what is long takes time, too. */
const BYTES_PER_UNIT = 11;
const MOST_BULK_FUNCTIONS = 1_000;

/** Sizes of a module's index spaces, imports included. */
export interface IndexSpaces {
  readonly functions: number;
  readonly globals: number;
}

/**
 * Puts fuel counters into function bodies: at their beginnings, at the heads of loops, and in place of instructions
 * whose time depends on an operand. What lies between is copied as it is. The counters are calls of functions behind
 * the module's own: a call is a few bytes, and engines inline it where it matters.
 */
export class CodeMeter {
  readonly #spaces: IndexSpaces;
  readonly #tick: Uint8Array;
  readonly #bulk = new Map<string, { readonly call: Uint8Array; readonly body: readonly number[] }>();
  // Edits of the current body, in parallel lists: at, until, what goes there instead.
  readonly #at: number[] = [];
  readonly #until: number[] = [];
  readonly #code: Uint8Array[] = [];
  /** The latest edit that counts a stretch of code, and where that begins. */
  #site = 0;
  #siteStart = 0;

  constructor(spaces: IndexSpaces) {
    this.#spaces = spaces;
    this.#tick = Uint8Array.from(callOf(spaces.functions + TICK));
  }

  /** Bodies of the functions that the bulk instructions were replaced by. */
  get bulkBodies(): (readonly number[])[] {
    return [...this.#bulk.values()].map(({ body }) => body);
  }

  /**
   * Copies a body, its size included.
   *
   * @throws HostError `module.malformed`, `module.unknown_instruction`, `module.too_large`
   */
  copyBody(reader: WasmReader, output: ByteWriter): void {
    const size = reader.u32();
    const start = reader.offset;
    const outerEnd = reader.end;
    if (size > outerEnd - start) throw reader.error("unexpected end");
    reader.end = start + size;
    this.#at.length = this.#until.length = this.#code.length = 0;
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      skipValueType(reader);
    }
    this.#openSite(reader.offset);
    for (skipPlain(reader); !reader.atEnd; skipPlain(reader)) this.#instruction(reader);
    this.#closeSite(reader.offset);
    reader.end = outerEnd;
    this.#write(reader.bytes, start, size, output);
  }

  #instruction(reader: WasmReader): void {
    const start = reader.offset;
    const opcode = reader.byte();
    if (opcode === GLOBAL_GET || opcode === GLOBAL_SET) {
      // One index further is the fuel: a module that was invalid before must not get at it.
      if (reader.u32() >= this.#spaces.globals) throw reader.error("a global that does not exist");
    } else if (opcode === NUMERIC) {
      this.#numeric(reader, start);
    } else if (!skipImmediates(reader, opcode)) {
      throw unknown(opcode, start);
    } else if (opcode === LOOP) {
      this.#closeSite(start);
      this.#openSite(reader.offset);
    } else if (opcode === MEMORY_GROW) {
      this.#edit(start, start, this.#spend(GROW_UNITS));
    }
  }

  #numeric(reader: WasmReader, start: number): void {
    const opcode = reader.u32();
    const indices = BULK.get(opcode);
    if (indices !== undefined) {
      const instruction = [NUMERIC, opcode];
      for (let left = indices; left > 0; left--) instruction.push(...leb128(reader.u32()));
      this.#edit(start, reader.offset, this.#bulkCall(instruction));
      return;
    }
    if (opcode === TABLE_GROW || opcode === TABLE_FILL) this.#edit(start, start, this.#spend(TABLE_UNITS));
    reader.offset = start + 1;
    if (!skipImmediates(reader, NUMERIC)) throw unknown(NUMERIC, start);
  }

  #bulkCall(instruction: readonly number[]): Uint8Array {
    const key = instruction.join();
    const known = this.#bulk.get(key);
    if (known !== undefined) return known.call;
    if (this.#bulk.size === MOST_BULK_FUNCTIONS) {
      throw new HostError(
        "module.too_large",
        `The module has too many different bulk instructions to meter`,
        {
          hint: "Run it in a worker of its own.",
        },
      );
    }
    const { functions } = this.#spaces;
    const call = Uint8Array.from(callOf(functions + FIRST_BULK + this.#bulk.size));
    this.#bulk.set(key, { call, body: bulkBody(instruction, functions + SPEND) });
    return call;
  }

  #spend(units: number): Uint8Array {
    if (units === 1) return this.#tick;
    return Uint8Array.from([...constant(units), ...callOf(this.#spaces.functions + SPEND)]);
  }

  #openSite(at: number): void {
    this.#site = this.#at.length;
    this.#siteStart = at;
    this.#edit(at, at, this.#tick);
  }

  #closeSite(at: number): void {
    const units = 1 + ((at - this.#siteStart) >>> BYTES_PER_UNIT);
    if (units > 1) this.#code[this.#site] = this.#spend(units);
  }

  #edit(at: number, until: number, code: Uint8Array): void {
    this.#at.push(at);
    this.#until.push(until);
    this.#code.push(code);
  }

  #write(bytes: Uint8Array, start: number, size: number, output: ByteWriter): void {
    let newSize = size;
    for (let edit = 0; edit < this.#at.length; edit++) {
      newSize += (this.#code[edit]?.length ?? 0) - ((this.#until[edit] ?? 0) - (this.#at[edit] ?? 0));
    }
    output.u32(newSize);
    let from = start;
    for (let edit = 0; edit < this.#at.length; edit++) {
      output.range(bytes, from, this.#at[edit] ?? 0);
      output.bytes(this.#code[edit] ?? []);
      from = this.#until[edit] ?? 0;
    }
    output.range(bytes, from, start + size);
  }
}

function unknown(opcode: number, offset: number): HostError {
  return new HostError(
    "module.unknown_instruction",
    `The module uses an instruction that this host cannot meter (0x${opcode.toString(16)} at byte ${offset})`,
    {
      hint: "Run it in a worker of its own, or build it without the newest WebAssembly features.",
      details: { opcode, offset },
    },
  );
}
