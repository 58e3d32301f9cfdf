/**
 * A guest that imports all a guest may import, as text.
 *
 * @param body - of `__guest_call`; its local is `$i`.
 * @param more - other fields of the module.
 */
export function hostileText(body: string, more = ""): string {
  return `(module
    (import "wapc" "__guest_request" (func $request (param i32 i32)))
    (import "wapc" "__guest_response" (func $respond (param i32 i32)))
    (import "wapc" "__guest_error" (func $fail (param i32 i32)))
    (import "wapc" "__host_call"
      (func $hostCall (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wapc" "__host_response_len" (func $hostResponseLength (result i32)))
    (import "wapc" "__host_response" (func $hostResponse (param i32)))
    (import "wapc" "__host_error_len" (func $hostErrorLength (result i32)))
    (import "wapc" "__host_error" (func $hostError (param i32)))
    (import "wapc" "__console_log" (func $log (param i32 i32)))
    (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_unstable" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_unstable" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_unstable" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
    (import "wasi_unstable" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    ${more}
    (func (export "__guest_call") (param i32 i32) (result i32) (local $i i32) ${body}))`;
}
