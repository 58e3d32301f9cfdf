import { HostError } from "../errors/index.ts";
import { isSystemImport } from "./wasi/wasi-imports.ts";

/** Import module names a guest may use for the same functions. Protocol document on contracts, section 6.7. */
export const IMPORT_MODULES: readonly string[] = ["wapc", "wasmbus"];

const FUNCTIONS: ReadonlySet<string> = new Set([
  "__guest_request",
  "__guest_response",
  "__guest_error",
  "__host_call",
  "__host_response_len",
  "__host_response",
  "__host_error_len",
  "__host_error",
  "__console_log",
]);

/** Names of a refusal, and characters of each: both come from the module. */
const MAX_NAMES = 20;
const MAX_NAME = 100;

/** What a compiled module asks for. */
export interface ModuleShape {
  /** It can call out, so it needs a host-call strategy. */
  readonly callsHost: boolean;
}

/** One import of a module. */
interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: string;
}

/**
 * Checks that a compiled module is a guest this host can run.
 *
 * @throws HostError `module.no_guest_call`, `module.no_memory`, or `module.unknown_import` with the imports' names.
 */
export function inspectModule(module: WebAssembly.Module): ModuleShape {
  const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  if (exported.get("__guest_call") !== "function") {
    throw new HostError("module.no_guest_call", "The module does not export the function `__guest_call`", {
      hint: "Build it as a waPC guest: wasmCloud actors of the 0.18 generation export that function.",
    });
  }
  if (exported.get("memory") !== "memory") {
    throw new HostError("module.no_memory", "The module does not export its memory as `memory`", {
      hint: "Build it as a waPC guest that exports its linear memory.",
    });
  }
  const imports = WebAssembly.Module.imports(module);
  const unknown = imports.filter((entry) => !isOffered(entry));
  if (unknown.length > 0) throw unknownImports(unknown);
  return { callsHost: imports.some((entry) => entry.name === "__host_call") };
}

function isOffered({ module, name, kind }: ModuleImport): boolean {
  if (kind !== "function") return false;
  return IMPORT_MODULES.includes(module) ? FUNCTIONS.has(name) : isSystemImport(module, name);
}

function unknownImports(unknown: readonly ModuleImport[]): HostError {
  const names = unknown.slice(0, MAX_NAMES).map(({ module, name, kind }) => {
    const full = `${module.slice(0, MAX_NAME)}.${name.slice(0, MAX_NAME)}`;
    return kind === "function" ? full : `${full} (${kind})`;
  });
  const more = unknown.length > MAX_NAMES ? ` and ${unknown.length - MAX_NAMES} more` : "";
  return new HostError(
    "module.unknown_import",
    `The module imports what this host does not offer: ${names.join(", ")}${more}`,
    {
      hint: "Build it for wasm32-wasi or plain waPC, with a memory of its own and without JavaScript bindings.",
      details: { imports: names.join(",") },
    },
  );
}
