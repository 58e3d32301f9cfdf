import { assemblyScriptFunctions } from "./assembly-script.ts";
import type { GuestSystem, SystemFunction } from "./guest-system.ts";
import { notOffered, preview1Functions } from "./preview1.ts";

/** Names under which compilers import WASI preview 1. Contracts document 6.7. */
const WASI_MODULES: readonly string[] = ["wasi_snapshot_preview1", "wasi_unstable", "wasi"];
const ASSEMBLY_SCRIPT_MODULE = "env";

/** All functions of WASI preview 1. Each answers an error number, but `proc_exit`, which does not return. */
const WASI_NAMES: ReadonlySet<string> = new Set([
  "args_get",
  "args_sizes_get",
  "clock_res_get",
  "clock_time_get",
  "environ_get",
  "environ_sizes_get",
  "fd_advise",
  "fd_allocate",
  "fd_close",
  "fd_datasync",
  "fd_fdstat_get",
  "fd_fdstat_set_flags",
  "fd_fdstat_set_rights",
  "fd_filestat_get",
  "fd_filestat_set_size",
  "fd_filestat_set_times",
  "fd_pread",
  "fd_prestat_dir_name",
  "fd_prestat_get",
  "fd_pwrite",
  "fd_read",
  "fd_readdir",
  "fd_renumber",
  "fd_seek",
  "fd_sync",
  "fd_tell",
  "fd_write",
  "path_create_directory",
  "path_filestat_get",
  "path_filestat_set_times",
  "path_link",
  "path_open",
  "path_readlink",
  "path_remove_directory",
  "path_rename",
  "path_symlink",
  "path_unlink_file",
  "poll_oneoff",
  "proc_exit",
  "proc_raise",
  "random_get",
  "sched_yield",
  "sock_accept",
  "sock_recv",
  "sock_send",
  "sock_shutdown",
]);
const ASSEMBLY_SCRIPT_NAMES: ReadonlySet<string> = new Set(["abort", "trace", "seed"]);

/** Whether a guest may import this function beside those of waPC. */
export function isSystemImport(module: string, name: string): boolean {
  if (module === ASSEMBLY_SCRIPT_MODULE) return ASSEMBLY_SCRIPT_NAMES.has(name);
  return WASI_MODULES.includes(module) && WASI_NAMES.has(name);
}

/**
 * The system functions that a module imports, for one instance of it: standard output into the log, clocks and random
 * numbers; no arguments, environment, files or sockets.
 */
export function wasiImports(system: GuestSystem, module: WebAssembly.Module): WebAssembly.Imports {
  const wasi = preview1Functions(system);
  const assemblyScript = assemblyScriptFunctions(system);
  const imports: Record<string, Record<string, SystemFunction>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (!isSystemImport(from, name)) continue;
    const functions = from === ASSEMBLY_SCRIPT_MODULE ? assemblyScript : wasi;
    imports[from] = { ...imports[from], [name]: functions.get(name) ?? notOffered };
  }
  return imports;
}
