import { HostError } from "../../errors/index.ts";
import { leb128, SECTION } from "../../wasm/index.ts";
import { ModuleParts } from "./module-parts.ts";

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
const MEBIBYTE = 1024 * 1024;
const HAS_MAXIMUM = 0x01;

/**
 * Lowers the maximum of a module's memory, so that the engine itself refuses to grow it further. Custom sections are
 * dropped. An imported memory is left alone: this host has none to offer.
 *
 * @throws HostError `module.memory_limit` where the module needs more than that to start; `module.unsupported_memory`
 *   for a shared or 64-bit memory and for several; `module.malformed`
 */
export function limitMemory(bytes: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const parts = new ModuleParts(bytes);
  const reader = parts.reader(SECTION.memory);
  const count = reader?.count() ?? 0;
  if (reader === undefined || count === 0) return parts.assemble();
  if (count > 1) throw unsupported("several memories");
  const flags = reader.u32();
  if (flags > HAS_MAXIMUM) throw unsupported("a memory that is shared, of 64 bits or of unusual pages");
  const minimum = reader.u32();
  const declared = flags === HAS_MAXIMUM ? reader.u32() : MOST_PAGES;
  if (!reader.atEnd) throw reader.error("bytes left over");
  const allowed = Math.min(Math.floor(maxBytes / PAGE_BYTES), MOST_PAGES);
  if (minimum > allowed) throw tooMuch(minimum, maxBytes);
  const content = [1, HAS_MAXIMUM, ...leb128(minimum), ...leb128(Math.min(declared, allowed))];
  return parts.assemble(new Map([[SECTION.memory, Uint8Array.from(content)]]));
}

function tooMuch(pages: number, maxBytes: number): HostError {
  const needed = Math.ceil((pages * PAGE_BYTES) / MEBIBYTE);
  return new HostError(
    "module.memory_limit",
    `The module starts with ${pages * PAGE_BYTES} bytes of memory, at most ${maxBytes} are allowed`,
    {
      hint: `Give the actor a memory limit of ${needed} MiB or more, or build it with less initial memory.`,
      details: { bytes: pages * PAGE_BYTES, maxBytes },
    },
  );
}

function unsupported(what: string): HostError {
  return new HostError("module.unsupported_memory", `The module has ${what}, which guests cannot have`, {
    hint: "Build it for plain wasm32, without threads.",
  });
}
