;; Calls a provider from wherever a guest can be when it waits: in a loop with live locals of every type, deep in its
;; stack, before it grows its memory, fails or traps. Traps if it is entered again while it waits.
(module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__guest_error" (func $refuse (param i32 i32)))
  (import "wapc" "__host_call" (func $hostCall (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $responseLength (result i32)))
  (import "wapc" "__host_response" (func $response (param i32)))
  (import "wapc" "__host_error_len" (func $errorLength (result i32)))
  (import "wapc" "__host_error" (func $error (param i32)))
  (memory (export "memory") 2)
  (global $inside (mut i32) (i32.const 0))
  (global $failed (mut i32) (i32.const 0))
  (data (i32.const 16) "wasmcloud:keyvalue")
  (data (i32.const 48) "Next")
  (data (i32.const 64) "after the host call")

  ;; Sends a number and returns the provider's answer, the number after it.
  (func $next (param $value i32) (result i32)
    (i32.store (i32.const 768) (local.get $value))
    (if (i32.eqz (call $hostCall
        (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 18)
        (i32.const 48) (i32.const 4) (i32.const 768) (i32.const 4)))
      (then
        (call $error (i32.const 4096))
        (call $refuse (i32.const 4096) (call $errorLength))
        (global.set $failed (i32.const 1))
        (return (i32.const 0))))
    (if (i32.ne (call $responseLength) (i32.const 4)) (then (unreachable)))
    (call $response (i32.const 768))
    (i32.load (i32.const 768)))

  ;; The same so many frames further down; adds one for each frame.
  (func $deep (param $depth i32) (result i32)
    (if (result i32) (local.get $depth)
      (then (i32.add (call $deep (i32.sub (local.get $depth) (i32.const 1))) (i32.const 1)))
      (else (call $next (i32.const 0)))))

  ;; So many host calls in a row. Leaves the last answer and three sums at 1024: 4 + 4 + 8 + 8 + 4 bytes.
  (func $many (param $count i32)
    (local $value i32) (local $integer i64) (local $double f64) (local $single f32)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $value (call $next (local.get $value)))
        (br_if $done (global.get $failed))
        (local.set $integer (i64.add (local.get $integer) (i64.extend_i32_u (local.get $value))))
        (local.set $double (f64.add (local.get $double) (f64.convert_i32_u (local.get $value))))
        (local.set $single (f32.add (local.get $single) (f32.const 0.5)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $again)))
    (i32.store (i32.const 1024) (local.get $value))
    (i64.store (i32.const 1032) (local.get $integer))
    (f64.store (i32.const 1040) (local.get $double))
    (f32.store (i32.const 1048) (local.get $single)))

  (func (export "__guest_call") (param $operationLength i32) (param $payloadLength i32) (result i32)
    (local $operation i32) (local $number i32)
    (if (global.get $inside) (then (unreachable)))
    (global.set $inside (i32.const 1))
    (global.set $failed (i32.const 0))
    (call $request (i32.const 256) (i32.const 512))
    (local.set $operation (i32.load8_u (i32.const 256)))
    (local.set $number (i32.load (i32.const 512)))
    (block $end
      ;; Many
      (if (i32.eq (local.get $operation) (i32.const 77))
        (then (call $many (local.get $number)) (br $end)))
      ;; Deep
      (if (i32.eq (local.get $operation) (i32.const 68))
        (then (i32.store (i32.const 1024) (call $deep (local.get $number))) (br $end)))
      ;; Grow: between two host calls
      (if (i32.eq (local.get $operation) (i32.const 71))
        (then
          (local.set $number (call $next (local.get $number)))
          (drop (memory.grow (i32.const 3)))
          (i32.store (i32.const 1024) (call $next (local.get $number)))
          (br $end)))
      (drop (call $next (i32.const 0)))
      ;; Trap
      (if (i32.eq (local.get $operation) (i32.const 84)) (then (unreachable)))
      ;; Fail
      (call $refuse (i32.const 64) (i32.const 19))
      (global.set $failed (i32.const 1)))
    (global.set $inside (i32.const 0))
    (call $respond (i32.const 1024) (i32.const 28))
    (i32.eqz (global.get $failed))))
