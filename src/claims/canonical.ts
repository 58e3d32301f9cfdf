import { readModule } from "../wasm/index.ts";
import { copyExpression, copyValueType } from "./canonical-code.ts";
import { Recoder } from "./recoder.ts";

const HEADER_BYTES = 8;
// Ids in the order in which their sections may occur; 12 (data count) was invented late.
const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
type Copier = (recoder: Recoder) => void;
const FUNCTION_FORM = 0x60;
const FUNCTION_REFERENCE = 0x70;

/**
 * The module as a first-party 0.18 host would write it: same sections in the same order, every LEB128 number in its
 * shortest form. Those hosts hash what their own serializer makes of a module, so only a module in this form has the
 * same hash everywhere; linker output hardly ever is in this form. Positions inside custom sections (debug
 * information) are not adjusted, as they are not by first-party tools. Contracts section 3.4.
 * @throws HostError `module.not_portable` for what those hosts cannot read at all: anything beyond the WebAssembly MVP;
 * `module.malformed`
 */
export function canonicalModule(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  readModule(bytes);
  const recoder = new Recoder(bytes);
  recoder.raw(HEADER_BYTES);
  let place = -1;
  while (!recoder.atEnd) {
    const id = recoder.byte();
    const next = SECTION_ORDER.indexOf(id);
    if (id !== 0 && next <= place) throw recoder.refuse("sections out of order");
    if (id !== 0) place = next;
    recoder.sized(() => COPIERS[id]?.(recoder));
  }
  return recoder.result;
}

const copyNumber: Copier = (recoder) => {
  recoder.u32();
};

const COPIERS: Readonly<Record<number, Copier>> = {
  0: (recoder) => {
    recoder.name();
    recoder.raw();
  },
  1: (recoder) => recoder.list(() => copyFunctionType(recoder)),
  2: (recoder) => recoder.list(() => copyImport(recoder)),
  3: (recoder) => recoder.list(() => recoder.u32()),
  4: (recoder) => recoder.list(() => copyTableType(recoder)),
  5: (recoder) => recoder.list(() => copyLimits(recoder)),
  6: (recoder) => recoder.list(() => copyGlobal(recoder)),
  7: (recoder) => recoder.list(() => copyExport(recoder)),
  8: copyNumber,
  9: (recoder) => recoder.list(() => copyElements(recoder)),
  10: (recoder) => recoder.list(() => recoder.sized(() => copyBody(recoder))),
  11: (recoder) => recoder.list(() => copyData(recoder)),
  12: copyNumber,
};

function copyFunctionType(recoder: Recoder): void {
  if (recoder.byte() !== FUNCTION_FORM) throw recoder.refuse("types that are not functions");
  recoder.list(() => copyValueType(recoder));
  let results = 0;
  recoder.list(() => {
    results += 1;
    copyValueType(recoder);
  });
  if (results > 1) throw recoder.refuse("functions with several results");
}

function copyImport(recoder: Recoder): void {
  recoder.name();
  recoder.name();
  const kind = recoder.byte();
  if (kind === 0) recoder.u32();
  else if (kind === 1) copyTableType(recoder);
  else if (kind === 2) copyLimits(recoder);
  else if (kind === 3) copyGlobalType(recoder);
  else throw recoder.refuse(`imports of kind ${kind}`);
}

function copyExport(recoder: Recoder): void {
  recoder.name();
  const kind = recoder.byte();
  if (kind > 3) throw recoder.refuse(`exports of kind ${kind}`);
  recoder.u32();
}

function copyTableType(recoder: Recoder): void {
  if (recoder.byte() !== FUNCTION_REFERENCE) throw recoder.refuse("reference types");
  copyLimits(recoder);
}

function copyLimits(recoder: Recoder): void {
  const flags = recoder.byte();
  if (flags > 1) throw recoder.refuse("shared or 64-bit memory");
  recoder.u32();
  if (flags === 1) recoder.u32();
}

function copyGlobalType(recoder: Recoder): void {
  copyValueType(recoder);
  if (recoder.byte() > 1) throw recoder.refuse("unknown kinds of globals");
}

function copyGlobal(recoder: Recoder): void {
  copyGlobalType(recoder);
  copyExpression(recoder);
}

function copyElements(recoder: Recoder): void {
  copySegmentStart(recoder);
  recoder.list(() => recoder.u32());
}

function copyData(recoder: Recoder): void {
  copySegmentStart(recoder);
  recoder.raw(recoder.u32());
}

function copySegmentStart(recoder: Recoder): void {
  if (recoder.u32() !== 0) throw recoder.refuse("passive segments, or more than one table or memory");
  copyExpression(recoder);
}

function copyBody(recoder: Recoder): void {
  recoder.list(() => {
    recoder.u32();
    copyValueType(recoder);
  });
  copyExpression(recoder);
}
