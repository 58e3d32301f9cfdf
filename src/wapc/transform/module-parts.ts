import { ByteWriter, readModule, WasmReader } from "../../wasm/index.ts";

const HEADER_BYTES = 8;
/** Ids in the order in which their sections must occur; 12 (data count) and 13 (tags) were invented late. */
const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** A module taken apart into its sections. The custom ones are left out: no rewritten module has them. */
export class ModuleParts {
  readonly #bytes: Uint8Array;
  readonly #contents = new Map<number, readonly [content: number, end: number]>();

  /** @throws HostError `module.malformed`, also for sections that occur twice or in the wrong order. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    let place = -1;
    for (const { id, content, end, start } of readModule(bytes)) {
      if (id === 0) continue;
      const next = SECTION_ORDER.indexOf(id);
      if (next <= place) throw new WasmReader(bytes, start).error("a section out of order");
      place = next;
      this.#contents.set(id, [content, end]);
    }
  }

  /** A reader of a section's content; undefined where the module has no such section. */
  reader(id: number): WasmReader | undefined {
    const range = this.#contents.get(id);
    return range === undefined ? undefined : new WasmReader(this.#bytes, ...range);
  }

  /** The number of items that a section says it has; 0 without the section. */
  count(id: number): number {
    return this.reader(id)?.count() ?? 0;
  }

  /** The module in one piece again, with the contents of some sections replaced or added. */
  assemble(replacements: ReadonlyMap<number, Uint8Array> = new Map()): Uint8Array<ArrayBuffer> {
    let added = 0;
    for (const content of replacements.values()) added += content.length;
    const output = new ByteWriter(this.#bytes.length + added);
    output.range(this.#bytes, 0, HEADER_BYTES);
    for (const id of SECTION_ORDER) {
      const replacement = replacements.get(id);
      const [start, end] = this.#contents.get(id) ?? [];
      if (replacement !== undefined) {
        writeHeader(output, id, replacement.length);
        output.bytes(replacement);
      } else if (start !== undefined && end !== undefined) {
        writeHeader(output, id, end - start);
        output.range(this.#bytes, start, end);
      }
    }
    return output.written.slice();
  }
}

/**
 * Drops all custom sections: names, debug information, the token with the claims. For modules whose hash has been
 * checked.
 *
 * @throws HostError `module.malformed`
 */
export function stripCustomSections(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new ModuleParts(bytes).assemble();
}

function writeHeader(output: ByteWriter, id: number, length: number): void {
  output.byte(id);
  output.u32(length);
}
