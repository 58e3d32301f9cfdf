;; Calls a provider in each of its start functions, which run in the order _initialize, _start, wapc_init. Its answer
;; to any call is what they were told: three numbers of 32 bits.
(module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__host_call" (func $hostCall (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response" (func $response (param i32)))
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 1024))
  (data (i32.const 16) "wasmcloud:keyvalue")
  (data (i32.const 48) "Next")

  (func $learn (param $value i32)
    (i32.store (i32.const 768) (local.get $value))
    (if (i32.eqz (call $hostCall
        (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 18)
        (i32.const 48) (i32.const 4) (i32.const 768) (i32.const 4)))
      (then (unreachable)))
    (call $response (global.get $at))
    (global.set $at (i32.add (global.get $at) (i32.const 4))))

  (func (export "wapc_init") (call $learn (i32.const 3)))
  (func (export "_start") (call $learn (i32.const 2)))
  (func (export "_initialize") (call $learn (i32.const 1)))
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 256) (i32.const 512))
    (call $respond (i32.const 1024) (i32.sub (global.get $at) (i32.const 1024)))
    (i32.const 1)))
