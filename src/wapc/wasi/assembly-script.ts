import type { GuestSystem, SystemFunction } from "./guest-system.ts";

/** Bytes read of one text. */
const MAX_TEXT_BYTES = 20_480;
const UNREADABLE = "(a text that cannot be read)";
const decoder = new TextDecoder("utf-16le");
// Taken now: an actor's worker removes globals before its guest runs.
const random = crypto;

/** What AssemblyScript's compiler imports from `env` unless it is told otherwise. */
export function assemblyScriptFunctions(system: GuestSystem): ReadonlyMap<string, SystemFunction> {
  const text = (pointer: number): string => readText(system, pointer >>> 0);
  return new Map<string, SystemFunction>([
    [
      "abort",
      (message: number, file: number, line: number, column: number) => {
        const reason = message === 0 ? "no reason given" : text(message);
        const place = file === 0 ? "" : ` at ${text(file)}:${line >>> 0}:${column >>> 0}`;
        throw new WebAssembly.RuntimeError(`abort: ${reason}${place}`);
      },
    ],
    [
      "trace",
      (message: number, count: number, ...numbers: number[]) => {
        const shown = numbers.slice(0, Math.max(0, Math.min(count, 5))).join(", ");
        system.log.line(`trace: ${text(message)}${shown === "" ? "" : ` ${shown}`}`);
      },
    ],
    ["seed", randomNumber],
  ]);
}

/** UTF-16 with its length in bytes in the four bytes before it. A bad address must not hide what the guest meant. */
function readText(system: GuestSystem, pointer: number): string {
  try {
    const memory = system.memory();
    const length = new DataView(memory.read(pointer - 4, 4).buffer).getUint32(0, true);
    return decoder.decode(memory.read(pointer, Math.min(length, MAX_TEXT_BYTES) & ~1));
  } catch {
    return UNREADABLE;
  }
}

/** 52 random bits as a whole number: the guest takes its bit pattern. */
function randomNumber(): number {
  const [high = 0, low = 0] = random.getRandomValues(new Uint32Array(2));
  return high * 2 ** 20 + (low >>> 12);
}
