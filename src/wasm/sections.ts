import { HostError } from "../errors/index.ts";
import { WasmReader } from "./wasm-reader.ts";

const HEADER_BYTES = 8;
const MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;
const MODULE_VERSION = 0x01;
const COMPONENT_VERSION = 0x0d;
const LAST_SECTION_ID = 13;
const SECTION_LIMIT = 10_000;

/** The numbers of the kinds of sections that this host looks into. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
} as const;

/** The number of a kind of section in {@link SECTION}. */
export type SectionId = (typeof SECTION)[keyof typeof SECTION];

/** One section of a module. Positions are bytes from the start of the file. */
export interface ModuleSection {
  /** 0 for custom sections, else the number that WebAssembly gives its kind. */
  readonly id: number;
  /** Where the section begins, its id included. */
  readonly start: number;
  /** Where its content begins; in custom sections after the name. */
  readonly content: number;
  /** Where the next section begins. */
  readonly end: number;
  /** The name of a custom section. */
  readonly name?: string;
}

/**
 * Walks over the sections of a core module. Nothing inside them is looked at but the names of custom sections.
 * Contracts section 3.5.
 * @throws HostError `module.malformed`
 */
export function readModule(bytes: Uint8Array): readonly ModuleSection[] {
  checkHeader(bytes);
  const reader = new WasmReader(bytes, HEADER_BYTES);
  const sections: ModuleSection[] = [];
  while (!reader.atEnd) {
    if (sections.length === SECTION_LIMIT) throw reader.error(`more than ${SECTION_LIMIT} sections`);
    sections.push(readSection(bytes, reader));
  }
  return sections;
}

function checkHeader(bytes: Uint8Array): void {
  const [version, ...rest] = bytes.subarray(MAGIC.length, HEADER_BYTES);
  const isWasm = bytes.length >= HEADER_BYTES && MAGIC.every((byte, index) => bytes[index] === byte);
  if (isWasm && version === MODULE_VERSION && rest.every((byte) => byte === 0)) return;
  if (isWasm && version === COMPONENT_VERSION) {
    throw new HostError("module.malformed", "The file is a WebAssembly component, not a module", {
      hint: "Actors of this generation are waPC modules; components are for wasmCloud 1.0 and later.",
    });
  }
  throw new HostError("module.malformed", "The file is not a WebAssembly module", {
    hint: "Choose the .wasm file that the compiler or the signing tool wrote.",
  });
}

function readSection(bytes: Uint8Array, reader: WasmReader): ModuleSection {
  const start = reader.offset;
  const id = reader.byte();
  if (id > LAST_SECTION_ID) throw reader.error(`unknown section ${id}`);
  const size = reader.u32();
  const content = reader.offset;
  reader.take(size);
  const end = reader.offset;
  if (id !== 0) return { id, start, content, end };
  const inside = new WasmReader(bytes, content, end);
  const name = inside.name();
  return { id, start, content: inside.offset, end, name };
}
