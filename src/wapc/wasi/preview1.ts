import { GuestExit } from "./guest-exit.ts";
import type { GuestSystem, SystemFunction } from "./guest-system.ts";

const SUCCESS = 0;
const EBADF = 8;
const EINVAL = 28;
const ENOSYS = 52;

const STDOUT = 1;
const STDERR = 2;
const CHARACTER_DEVICE = 2;
const RIGHT_TO_READ = 2n;
const RIGHT_TO_WRITE = 64n;

/** Pieces of one `fd_write`; as many as Linux takes. */
const MAX_PIECES = 1_024;
/** Bytes of one `fd_write` that are looked at; the log would drop the rest anyway. */
const MAX_WRITTEN = 1_048_576;
/** What `crypto.getRandomValues` fills at once. */
const MAX_RANDOM = 65_536;
const NANOSECONDS = 1_000_000n;

// Taken now: an actor's worker removes globals before its guest runs.
const clock = performance;
const random = crypto;

/** The functions of WASI preview 1 that are more than a refusal. Contracts document 6.7. */
export function preview1Functions(system: GuestSystem): ReadonlyMap<string, SystemFunction> {
  const { memory, now = Date.now, monotonicNow = () => clock.now() } = system;
  const nothing = (count: number, size: number): number => {
    memory().write(count, words(0));
    memory().write(size, words(0));
    return SUCCESS;
  };
  return new Map<string, SystemFunction>([
    ["args_get", () => SUCCESS],
    ["args_sizes_get", nothing],
    ["environ_get", () => SUCCESS],
    ["environ_sizes_get", nothing],
    [
      "clock_res_get",
      (id: number, result: number) => (isClock(id) ? put(system, result, NANOSECONDS) : EINVAL),
    ],
    [
      "clock_time_get",
      (id: number, _precision: bigint, result: number) => {
        if (!isClock(id)) return EINVAL;
        const microseconds = Math.floor((id === 0 ? now() : monotonicNow()) * 1_000);
        return put(system, result, BigInt(microseconds) * 1_000n);
      },
    ],
    ["fd_fdstat_get", (fd: number, result: number) => describeStream(system, fd, result)],
    // This answer, and no other, ends the search of a C library for directories.
    ["fd_prestat_get", () => EBADF],
    [
      "fd_write",
      (fd: number, pieces: number, count: number, written: number) =>
        write(system, fd, pieces, count >>> 0, written),
    ],
    [
      "proc_exit",
      (code: number) => {
        throw new GuestExit(code >>> 0);
      },
    ],
    ["random_get", (pointer: number, length: number) => fillRandom(system, pointer >>> 0, length >>> 0)],
    ["sched_yield", () => SUCCESS],
  ]);
}

/** Every other function of preview 1: it is there, and refuses. */
export function notOffered(): number {
  return ENOSYS;
}

/** Realtime and monotonic; the clocks of processes and threads tell nothing a guest needs. */
function isClock(id: number): boolean {
  return id === 0 || id === 1;
}

function write(system: GuestSystem, fd: number, pieces: number, count: number, written: number): number {
  if (fd !== STDOUT && fd !== STDERR) return EBADF;
  if (count > MAX_PIECES) return EINVAL;
  const memory = system.memory();
  const table = new DataView(memory.read(pieces, count * 8).buffer);
  let total = 0;
  for (let at = 0; at < count * 8; at += 8) {
    const length = table.getUint32(at + 4, true);
    const looked = Math.min(length, Math.max(0, MAX_WRITTEN - total));
    system.log.write(fd === STDOUT ? "stdout" : "stderr", memory.read(table.getUint32(at, true), looked));
    total += length;
  }
  if (total > 0x7fffffff) return EINVAL;
  memory.write(written, words(total));
  return SUCCESS;
}

/** `fdstat`: kind, flags, rights, rights of what is opened through it. A character device makes stdout flush by lines. */
function describeStream(system: GuestSystem, fd: number, result: number): number {
  if (fd !== 0 && fd !== STDOUT && fd !== STDERR) return EBADF;
  const record = new DataView(new ArrayBuffer(24));
  record.setUint8(0, CHARACTER_DEVICE);
  record.setBigUint64(8, fd === 0 ? RIGHT_TO_READ : RIGHT_TO_WRITE, true);
  system.memory().write(result, new Uint8Array(record.buffer));
  return SUCCESS;
}

function fillRandom(system: GuestSystem, pointer: number, length: number): number {
  for (let done = 0; done < length; done += MAX_RANDOM) {
    const chunk = random.getRandomValues(new Uint8Array(Math.min(MAX_RANDOM, length - done)));
    system.memory().write(pointer + done, chunk);
  }
  return SUCCESS;
}

function put(system: GuestSystem, pointer: number, value: bigint): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, value, true);
  system.memory().write(pointer, new Uint8Array(bytes.buffer));
  return SUCCESS;
}

function words(value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value, true);
  return new Uint8Array(bytes.buffer);
}
