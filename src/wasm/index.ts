export { ByteWriter } from "./byte-writer.ts";
export { Immediates, immediatesOf, skipImmediates, skipPlain, skipValueType } from "./instructions.ts";
export { leb128 } from "./leb128.ts";
export { type ModuleSection, readModule, SECTION, type SectionId } from "./sections.ts";
export { WasmReader } from "./wasm-reader.ts";
