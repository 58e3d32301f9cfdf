/**
 * What {@link probeJspi} runs, for environments that do not compile modules at run time:
 * `(module (import "t" "f" (func (result i32))) (func (export "g") (result i32) call 0))`
 */
export const JSPI_PROBE: Uint8Array<ArrayBuffer> = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f, 0x02, 0x07, 0x01,
  0x01, 0x74, 0x01, 0x66, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x67, 0x00, 0x01, 0x0a,
  0x06, 0x01, 0x04, 0x00, 0x10, 0x00, 0x0b,
]);

/**
 * Whether a guest can be suspended here, by doing it: engines have shipped the names without the function.
 *
 * @param compiled - {@link JSPI_PROBE} compiled beforehand; default: it is compiled now.
 */
export async function probeJspi(compiled?: WebAssembly.Module): Promise<boolean> {
  const { Suspending, promising } = WebAssembly;
  if (Suspending === undefined || promising === undefined) return false;
  try {
    const imports = { t: { f: new Suspending(() => Promise.resolve(42)) } };
    const probe = compiled ?? new WebAssembly.Module(JSPI_PROBE);
    const instance = await WebAssembly.instantiate(probe, imports);
    const entry = promising(instance.exports["g"] as () => number);
    return (await entry()) === 42;
  } catch {
    // Any failure of the self-test means the same: not usable.
    return false;
  }
}

/** Whether this worker can make shared memory and block on it. */
export function probeSharedMemory(): boolean {
  try {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    return Atomics.wait(cell, 0, 0, 0) === "timed-out";
  } catch {
    // Not defined without cross-origin isolation, and not allowed to block on a page's main thread.
    return false;
  }
}
