/** The language itself, and what the actor's worker works with: text, time, random numbers, messages to its starter. */
const KEPT: ReadonlySet<string> = new Set([
  ...[
    "globalThis",
    "undefined",
    "NaN",
    "Infinity",
    "Object",
    "Function",
    "Symbol",
    "Boolean",
    "Number",
    "BigInt",
  ],
  ...["String", "RegExp", "Date", "Math", "JSON", "Intl", "Reflect", "Proxy", "Promise", "Iterator"],
  ...["Array", "Map", "Set", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry"],
  ...[
    "Error",
    "AggregateError",
    "EvalError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "TypeError",
    "URIError",
  ],
  ...[
    "ArrayBuffer",
    "SharedArrayBuffer",
    "Atomics",
    "DataView",
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
  ],
  ...["Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"],
  ...["Float16Array", "Float32Array", "Float64Array", "WebAssembly", "SuppressedError"],
  ...["DisposableStack", "AsyncDisposableStack", "isFinite", "isNaN", "parseFloat", "parseInt"],
  ...["decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape"],
  ...["TextEncoder", "TextDecoder", "atob", "btoa", "URL", "URLSearchParams", "structuredClone"],
  ...["AbortController", "AbortSignal", "Event", "EventTarget", "DOMException", "MessageEvent"],
  ...["MessageChannel", "MessagePort", "queueMicrotask", "setTimeout", "clearTimeout", "setInterval"],
  ...["clearInterval", "performance", "crypto", "console"],
]);

/**
 * Takes all other globals from a thread before a guest runs in it: `process`, `Buffer`, `fetch`, `WebSocket`, `eval`
 * and whatever later versions of Node add. DESIGN section 8.
 *
 * A guest reaches no global anyway, only its imports; this is a second wall against faults in those. Node has no third:
 * the expression `import()` and modules that are loaded already cannot be taken from a thread's JavaScript, so code
 * that ran there could load `node:fs`. Where that must be ruled out, start the whole host with Node's permission model.
 */
export function removeAmbientAuthority(scope: object): void {
  for (const name of Object.getOwnPropertyNames(scope)) {
    if (!KEPT.has(name)) Reflect.deleteProperty(scope, name);
  }
}
