/** What {@link scanModule} finds in a module. */
export interface ModuleScan {
  /** Anything newer than the first release of WebAssembly, or a number that is longer than it must be. */
  readonly faults: readonly string[];
  readonly functions: number;
}

const SECTIONS = {
  type: 1,
  import: 2,
  table: 4,
  memory: 5,
  global: 6,
  element: 9,
  code: 10,
  data: 11,
} as const;
const CUSTOM_SECTION = 0;
const VALUE_TYPES: ReadonlySet<number> = new Set([0x7f, 0x7e, 0x7d, 0x7c]);
const FUNCTION_FORM = 0x60;
const EMPTY_BLOCK = 0x40;
const FUNCREF = 0x70;
const END = 0x0b;

/**
 * Reads a module instruction by instruction and lists what a reader that knows the first release of WebAssembly only
 * (parity-wasm 0.42 in hosts of 0.18) would refuse or write differently.
 */
export function scanModule(bytes: Uint8Array): ModuleScan {
  const reader = new Reader(bytes);
  let functions = 0;
  reader.skip(8);
  while (!reader.done) {
    const id = reader.byte();
    const end = reader.unsigned() + reader.position;
    if (id > SECTIONS.data) reader.fault(`section ${id}`);
    if (id === SECTIONS.type) reader.each(functionType);
    if (id === SECTIONS.import) reader.each(importEntry);
    if (id === SECTIONS.table) reader.each(tableType);
    if (id === SECTIONS.memory) reader.each(limits);
    if (id === SECTIONS.global) reader.each(globalEntry);
    if (id === SECTIONS.element) reader.each(elementSegment);
    if (id === SECTIONS.code) functions = reader.each(functionBody);
    if (id === SECTIONS.data) reader.each(dataSegment);
    if (id === CUSTOM_SECTION || !isChecked(id)) reader.position = end;
    if (reader.position !== end) reader.fault(`section ${id} ends at ${reader.position} instead of ${end}`);
    reader.position = end;
  }
  return { faults: reader.faults, functions };
}

class Reader {
  readonly faults: string[] = [];
  position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  fault(what: string): void {
    this.faults.push(`${what} at ${this.position}`);
  }

  skip(count: number): void {
    this.position += count;
  }

  byte(): number {
    const byte = this.#bytes[this.position++];
    if (byte === undefined) throw new RangeError("the module ends too early");
    return byte;
  }

  expect(value: number, what: string): void {
    const found = this.byte();
    if (found !== value) this.fault(`${what} ${found}`);
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    let byte = this.byte();
    for (; byte >= 0x80; byte = this.byte()) {
      value += (byte & 0x7f) * scale;
      scale *= 128;
    }
    if (byte === 0 && scale > 1) this.fault("padded number");
    return value + byte * scale;
  }

  signed(): void {
    let previous: number | undefined;
    let byte = this.byte();
    for (; byte >= 0x80; byte = this.byte()) previous = byte;
    if (previous === undefined) return;
    const signWasClear = (previous & 0x40) === 0;
    if (byte === (signWasClear ? 0x00 : 0x7f)) this.fault("padded signed number");
  }

  each(read: (reader: Reader) => void): number {
    const count = this.unsigned();
    for (let index = 0; index < count; index++) read(this);
    return count;
  }
}

function isChecked(id: number): boolean {
  return Object.values<number>(SECTIONS).includes(id);
}

function valueType(reader: Reader): void {
  const type = reader.byte();
  if (!VALUE_TYPES.has(type)) reader.fault(`value type ${type}`);
}

function functionType(reader: Reader): void {
  reader.expect(FUNCTION_FORM, "type form");
  reader.each(valueType);
  if (reader.each(valueType) > 1) reader.fault("several results");
}

function importEntry(reader: Reader): void {
  reader.skip(reader.unsigned());
  reader.skip(reader.unsigned());
  reader.expect(0, "import kind");
  reader.unsigned();
}

function limits(reader: Reader): void {
  const flags = reader.byte();
  if (flags > 1) reader.fault(`limits ${flags}`);
  reader.unsigned();
  if (flags === 1) reader.unsigned();
}

function tableType(reader: Reader): void {
  reader.expect(FUNCREF, "table of");
  limits(reader);
}

function globalEntry(reader: Reader): void {
  valueType(reader);
  reader.byte();
  expression(reader);
}

function elementSegment(reader: Reader): void {
  reader.expect(0, "element segment kind");
  expression(reader);
  reader.each((inner) => inner.unsigned());
}

function dataSegment(reader: Reader): void {
  reader.expect(0, "data segment kind");
  expression(reader);
  reader.skip(reader.unsigned());
}

function functionBody(reader: Reader): void {
  const end = reader.unsigned() + reader.position;
  reader.each((inner) => {
    inner.unsigned();
    valueType(inner);
  });
  expression(reader);
  if (reader.position !== end) reader.fault("function body of another length than it says");
}

function expression(reader: Reader): void {
  for (let depth = 1; depth > 0; ) {
    const opcode = reader.byte();
    if (opcode >= 0x02 && opcode <= 0x04) depth++;
    if (opcode === END) depth--;
    immediates(reader, opcode);
  }
}

function immediates(reader: Reader, opcode: number): void {
  if (opcode >= 0x02 && opcode <= 0x04) blockType(reader);
  else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) reader.unsigned();
  else if (opcode === 0x0e) {
    reader.each((inner) => inner.unsigned());
    reader.unsigned();
  } else if (opcode === 0x11) {
    reader.unsigned();
    reader.expect(0, "table index");
  } else if (opcode >= 0x20 && opcode <= 0x24) reader.unsigned();
  else if (opcode >= 0x28 && opcode <= 0x3e) {
    reader.unsigned();
    reader.unsigned();
  } else if (opcode === 0x3f || opcode === 0x40) reader.expect(0, "memory index");
  else if (opcode === 0x41 || opcode === 0x42) reader.signed();
  else if (opcode === 0x43) reader.skip(4);
  else if (opcode === 0x44) reader.skip(8);
  else if (!isPlain(opcode))
    throw new Error(`instruction 0x${opcode.toString(16)} at ${reader.position - 1}`);
}

function blockType(reader: Reader): void {
  const type = reader.byte();
  if (type !== EMPTY_BLOCK && !VALUE_TYPES.has(type)) reader.fault(`block type ${type}`);
}

function isPlain(opcode: number): boolean {
  if (opcode <= 0x01 || opcode === 0x05 || opcode === END || opcode === 0x0f) return true;
  return opcode === 0x1a || opcode === 0x1b || (opcode >= 0x45 && opcode <= 0xbf);
}
