import binaryen from "binaryen";

// Its types lack the second parameter.
const parseText = binaryen.parseText as (text: string, features: number) => binaryen.Module;
const NEWER = ["GC", "Strings", "StackSwitching", "SharedEverything", "CompactImports", "CustomPageSizes"];
const FEATURES = Object.entries(binaryen.Features as unknown as Record<string, number>)
  .filter(([name]) => name !== "All" && !NEWER.includes(name))
  .reduce((all, [, feature]) => all | feature, 0);

/** The bytes of a module written as text. */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = parseText(text, FEATURES);
  try {
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** Modules of features newer than the MVP; each exports `run`, from one i32 to one i32. */
export const MODERN: Readonly<Record<string, string>> = {
  "multi-value blocks and functions": `(module
    (type $pair (func (param i32) (result i32 i32)))
    (func $split (type $pair) (i32.add (local.get 0) (i32.const 1)) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "run") (param i32) (result i32) (local $left i32)
      (local.set $left (i32.const 10))
      (local.get 0)
      (loop $again (param i32) (result i32)
        (call $split)
        (i32.add)
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $again (local.get $left)))))`,
  vectors: `(module (memory 1)
    (func (export "run") (param i32) (result i32) (local $v v128) (local $i i32)
      (local.set $v (i32x4.splat (local.get 0)))
      (v128.store offset=32 (i32.const 0) (v128.const i32x4 1 2 3 4))
      (loop $again
        (local.set $v (i32x4.add (local.get $v) (v128.load offset=32 (i32.const 0))))
        (local.set $v (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
        (local.set $v (v128.load32_lane offset=36 2 (i32.const 0) (local.get $v)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $i) (i32.const 5))))
      (i32.add (i32x4.extract_lane 3 (local.get $v)) (i32x4.extract_lane 2 (local.get $v)))))`,
  "bulk memory": `(module (memory 2) (data $text "0123456789")
    (func (export "run") (param i32) (result i32)
      (memory.init $text (i32.const 100) (i32.const 2) (i32.const 4))
      (memory.copy (i32.const 1000) (i32.const 100) (i32.const 4))
      (memory.copy (i32.const 2000) (i32.const 1000) (i32.const 4))
      (memory.fill (i32.const 2004) (local.get 0) (i32.const 70000))
      (data.drop $text)
      (i32.add (i32.load (i32.const 2000)) (i32.load8_u (i32.const 72003)))))`,
  "tables of references": `(module (table $t 4 20 funcref) (type $f (func (result i32)))
    (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2))
    (elem $e func $one $two) (elem declare func $two)
    (func (export "run") (param i32) (result i32)
      (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 2))
      (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 2))
      (drop (table.grow $t (ref.func $two) (i32.const 3)))
      (table.fill $t (i32.const 4) (ref.func $two) (i32.const 2))
      (table.set $t (i32.const 3) (ref.func $two))
      (i32.add
        (i32.add (call_indirect $t (type $f) (i32.const 4)) (call_indirect $t (type $f) (i32.const 0)))
        (i32.add (table.size $t) (ref.is_null (table.get $t (i32.const 6)))))))`,
  "tail calls": `(module
    (func $down (param i32 i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1))
        (else (return_call $down (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 3))))))
    (func (export "run") (param i32) (result i32) (return_call $down (i32.const 200000) (local.get 0))))`,
  "saturating conversion and sign extension": `(module
    (func (export "run") (param i32) (result i32)
      (i32.add
        (i32.trunc_sat_f64_s (f64.mul (f64.convert_i32_s (local.get 0)) (f64.const 1e12)))
        (i32.wrap_i64 (i64.extend32_s (i64.extend8_s (i64.const 0x1234567890abcdef)))))))`,
  "exceptions, as first proposed": `(module (tag $e (param i32))
    (func $throws (param i32) (throw $e (local.get 0)))
    (func (export "run") (param i32) (result i32) (local $n i32)
      (loop $again
        (try (do (try (do (call $throws (i32.add (local.get 0) (i32.const 5)))) (catch_all (rethrow 0))))
          (catch $e (local.set 0 (pop i32))))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 7))))
      (local.get 0)))`,
  exceptions: `(module (tag $e (param i32))
    (func $throws (param i32) (throw $e (local.get 0)))
    (func (export "run") (param i32) (result i32) (local $n i32)
      (loop $again
        (local.set 0
          (block $caught (result i32)
            (try_table (catch $e $caught) (call $throws (i32.add (local.get 0) (i32.const 5))))
            (i32.const 0)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 7))))
      (local.get 0)))`,
  "imported and own globals": `(module
    (import "test" "base" (global $base i32))
    (import "test" "twice" (func $twice (param i32) (result i32)))
    (global $count (mut i32) (i32.const 5)) (global $wide i64 (i64.const -1))
    (export "count" (global $count))
    (func (export "run") (param i32) (result i32)
      (global.set $count (i32.add (global.get $count) (global.get $base)))
      (i32.add (call $twice (local.get 0)) (i32.add (global.get $count) (i32.wrap_i64 (global.get $wide))))))`,
};

/** A module of {@link MODERN}. */
export function modern(name: string): Uint8Array<ArrayBuffer> {
  return assemble(MODERN[name] ?? "");
}

/** Runs `run` of such a module. */
export function run(bytes: Uint8Array<ArrayBuffer>, argument: number): number {
  const imports = { test: { base: 7, twice: (value: number) => value * 2 } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return (exports["run"] as (value: number) => number)(argument);
}

/** The code of an error that an action throws; undefined if it throws none. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
