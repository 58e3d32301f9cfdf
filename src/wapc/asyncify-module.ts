import { HostError, messageOf } from "../errors/index.ts";
import { IMPORT_MODULES } from "./module-shape.ts";

/** Changes whenever {@link asyncifyModule} makes something else of the same bytes; for caches. */
export const ASYNCIFY_VERSION = "1-binaryen-132";

/** The part of the package `binaryen` that is used here. Its own types lack the features of `readBinary`. */
export interface Binaryen {
  readonly Features: Readonly<Record<(typeof FEATURES)[number], number>>;
  setOptimizeLevel(level: number): unknown;
  setShrinkLevel(level: number): unknown;
  setDebugInfo(on: boolean): unknown;
  setPassArgument(key: string, value: string): void;
  clearPassArguments(): void;
  /** Name and text of what the compiled C++ has thrown. */
  getExceptionMessage(thrown: object): readonly [type: string, message: string];
  readBinary(data: Uint8Array, features: number): BinaryenModule;
}

/** A module that binaryen has read. */
export interface BinaryenModule {
  runPasses(passes: readonly string[]): void;
  emitBinary(): Uint8Array;
  dispose(): void;
}

/** What guests may use, and nothing that an engine without promise integration might lack. */
const FEATURES = [
  "MutableGlobals",
  "NontrappingFPToInt",
  "SIMD128",
  "BulkMemory",
  "BulkMemoryOpt",
  "SignExt",
  "TailCall",
  "ReferenceTypes",
  "Multivalue",
  "CallIndirectOverlong",
  "ExtendedConst",
] as const;

/** Characters kept of what binaryen says. */
const MAX_REASON = 500;
/** The imports in which a guest may have to wait. */
const SUSPENDING: string = IMPORT_MODULES.map((name) => `${name}.__host_call`).join(",");

/** Loads binaryen: 15 MB, so only when it is needed. */
export async function loadBinaryen(): Promise<Binaryen> {
  return (await import("binaryen")).default as unknown as Binaryen;
}

/**
 * Rewrites a module so that its guests can be unwound in a host call and wound up again when the answer is there. Takes
 * a second or more and makes the module larger and slower: for engines that offer no better way, and worth caching.
 *
 * @throws HostError `module.not_suspendable`
 */
export function asyncifyModule(bytes: Uint8Array, binaryen: Binaryen): Uint8Array<ArrayBuffer> {
  // Binaryen reads what it is given without looking; the engine looks.
  if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) throw notSuspendable("it is not valid");
  let module: BinaryenModule | undefined;
  try {
    binaryen.setOptimizeLevel(1);
    binaryen.setShrinkLevel(0);
    binaryen.setDebugInfo(false);
    binaryen.setPassArgument("asyncify-imports", SUSPENDING);
    const features = FEATURES.reduce((all, feature) => all | binaryen.Features[feature], 0);
    module = binaryen.readBinary(bytes, features);
    module.runPasses(["asyncify"]);
    return new Uint8Array(module.emitBinary());
  } catch (error) {
    throw notSuspendable(reasonOf(error, binaryen), error);
  } finally {
    binaryen.clearPassArguments();
    module?.dispose();
  }
}

function reasonOf(error: unknown, binaryen: Binaryen): string {
  if (error instanceof Error || typeof error !== "object" || error === null) return messageOf(error);
  return binaryen
    .getExceptionMessage(error)[1]
    .replace(/^Fatal: /, "")
    .slice(0, MAX_REASON);
}

function notSuspendable(reason: string, cause?: unknown): HostError {
  return new HostError(
    "module.not_suspendable",
    `The module cannot be rewritten to wait for host calls: ${reason}`,
    {
      hint: "Use an engine with promise integration, or serve the page with the COOP and COEP headers.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
