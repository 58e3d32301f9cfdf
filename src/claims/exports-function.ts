import { type ModuleSection, SECTION, WasmReader } from "../wasm/index.ts";

const FUNCTION_EXPORT = 0;

/**
 * Whether a module exports a function of a name.
 * @throws HostError `module.malformed`
 */
export function exportsFunction(
  bytes: Uint8Array,
  sections: readonly ModuleSection[],
  name: string,
): boolean {
  const section = sections.find(({ id }) => id === SECTION.export);
  if (section === undefined) return false;
  const reader = new WasmReader(bytes, section.content, section.end);
  for (let remaining = reader.u32(); remaining > 0; remaining--) {
    const exported = reader.name();
    const kind = reader.byte();
    reader.u32();
    if (exported === name && kind === FUNCTION_EXPORT) return true;
  }
  return false;
}
