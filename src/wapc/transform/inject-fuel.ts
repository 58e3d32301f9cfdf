import { HostError } from "../../errors/index.ts";
import { ByteWriter, leb128, SECTION, skipValueType, WasmReader } from "../../wasm/index.ts";
import { FUEL_EXPORT, FUEL_PER_CALL } from "../fuel.ts";
import { CodeMeter } from "./code-meter.ts";
import { constant, FIRST_BULK, FUEL_TYPES, spendBody, tickBody } from "./fuel-functions.ts";
import { ModuleParts } from "./module-parts.ts";

const FUNCTION_FORM = 0x60;
const GLOBAL_EXPORT = 3;
const encoder = new TextEncoder();

/**
 * Puts fuel counters into a module: a call that goes on for too long traps, even where nobody can end its worker. Fuel
 * is in a global that the module exports as {@link FUEL_EXPORT}, an i32 read as unsigned; it is full at the start, and
 * the host fills it before each call. At 0 the guest traps. All that is added comes behind what the module has, so no
 * index changes. Custom sections are dropped.
 *
 * @throws HostError `module.unknown_instruction` for what cannot be metered; `module.reserved_export`;
 *   `module.too_large`; `module.malformed`
 */
export function injectFuel(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = new ModuleParts(bytes);
  const imported = countImports(parts.reader(SECTION.import));
  const types = countTypes(parts.reader(SECTION.type));
  const functions = imported.functions + parts.count(SECTION.function);
  const globals = imported.globals + parts.count(SECTION.global);
  checkExports(parts.reader(SECTION.export), globals);

  const meter = new CodeMeter({ functions, globals });
  const code = meterCode(parts.reader(SECTION.code), bytes.length, meter);
  const bodies = [tickBody(globals), spendBody(globals), ...meter.bulkBodies];
  const bodyTypes = bodies.map((_, place) => leb128(types + Math.min(place, FIRST_BULK)));
  const fuel = [0x7f, 1, ...constant(FUEL_PER_CALL), 0x0b];
  const name = encoder.encode(FUEL_EXPORT);
  const fuelExport = [name.length, ...name, GLOBAL_EXPORT, ...leb128(globals)];
  return parts.assemble(
    new Map([
      [SECTION.type, appended(parts.reader(SECTION.type), FUEL_TYPES)],
      [SECTION.function, appended(parts.reader(SECTION.function), bodyTypes)],
      [SECTION.global, appended(parts.reader(SECTION.global), [fuel])],
      [SECTION.export, appended(parts.reader(SECTION.export), [fuelExport])],
      [SECTION.code, appended(code, bodies)],
    ]),
  );
}

/** A section's content with items added at its end. */
function appended(section: WasmReader | undefined, items: readonly (readonly number[])[]): Uint8Array {
  const output = new ByteWriter(section === undefined ? 64 : section.end - section.offset + 64);
  output.u32((section?.count() ?? 0) + items.length);
  if (section !== undefined) output.range(section.bytes, section.offset, section.end);
  for (const item of items) output.bytes(item);
  return output.written;
}

/** The content of the code section with counters. */
function meterCode(
  section: WasmReader | undefined,
  capacity: number,
  meter: CodeMeter,
): WasmReader | undefined {
  if (section === undefined) return undefined;
  const output = new ByteWriter(Math.ceil(capacity * 1.05) + 64);
  const count = section.count();
  output.u32(count);
  for (let left = count; left > 0; left--) meter.copyBody(section, output);
  if (!section.atEnd) throw section.error("bytes left over");
  return new WasmReader(output.written);
}

function countImports(section: WasmReader | undefined): { functions: number; globals: number } {
  let functions = 0;
  let globals = 0;
  for (let left = section?.count() ?? 0; section !== undefined && left > 0; left--) {
    section.take(section.u32());
    section.take(section.u32());
    const kind = section.byte();
    if (kind === 0) {
      section.u32();
      functions++;
    } else if (kind === GLOBAL_EXPORT) {
      skipValueType(section);
      section.byte();
      globals++;
    } else if (kind === 4) {
      section.byte();
      section.u32();
    } else if (kind < 4) {
      if (kind === 1) skipValueType(section);
      skipLimits(section);
    } else throw section.error("an import of an unknown kind");
  }
  return { functions, globals };
}

function skipLimits(section: WasmReader): void {
  const HAS_MAXIMUM = 1;
  const flags = section.byte();
  // What is beyond plain limits differs in length.
  if (flags > 3) throw section.error("an import with limits of an unknown form");
  section.u32();
  if ((flags & HAS_MAXIMUM) !== 0) section.u32();
}

/** Only plain function types can be counted as they are listed: a recursive group holds several. */
function countTypes(section: WasmReader | undefined): number {
  const count = section?.count() ?? 0;
  for (let left = count; section !== undefined && left > 0; left--) {
    const form = section.byte();
    if (form !== FUNCTION_FORM) {
      throw new HostError(
        "module.unknown_instruction",
        `The module uses types that this host cannot meter (0x${form.toString(16)})`,
        { hint: "Run it in a worker of its own, or build it without garbage-collected types." },
      );
    }
    for (let values = section.count(); values > 0; values--) skipValueType(section);
    for (let values = section.count(); values > 0; values--) skipValueType(section);
  }
  return count;
}

function checkExports(section: WasmReader | undefined, globals: number): void {
  for (let left = section?.count() ?? 0; section !== undefined && left > 0; left--) {
    const name = section.name();
    const kind = section.byte();
    const index = section.u32();
    if (name === FUEL_EXPORT) {
      throw new HostError("module.reserved_export", `The module exports ${name}, a name this host uses`);
    }
    if (kind === GLOBAL_EXPORT && index >= globals) throw section.error("a global that does not exist");
  }
}
