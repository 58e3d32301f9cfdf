/** What a process object offers to who gets hold of it: other modules, libraries, other processes. */
const PROCESS_AUTHORITY: readonly string[] = [
  "getBuiltinModule",
  "binding",
  "_linkedBinding",
  "dlopen",
  "mainModule",
  "kill",
  "_kill",
  "abort",
  "chdir",
  "env",
];

/**
 * Takes away what makes the process object worth getting hold of. It is no global of a provider's thread, but Node's
 * own code works with it, and a provider shares that code's prototypes: no getter can be put on the one they all have.
 */
export function disarmProcess(process: object): void {
  for (const name of PROCESS_AUTHORITY) {
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
  }
  Object.preventExtensions(Object.prototype);
}

/**
 * Makes `Function` and its three siblings refuse to make code from text, as a Content-Security-Policy does: code that
 * comes from no module could import others. `eval` must be no global any more.
 */
export function forbidCodeFromText(scope: object): void {
  const kinds = [
    () => undefined,
    async () => undefined,
    function* () {
      yield undefined;
    },
    async function* () {
      yield undefined;
    },
  ];
  for (const kind of kinds) {
    const prototype: object = Object.getPrototypeOf(kind);
    const refuse = (): never => {
      throw new EvalError("Code generation from strings is not allowed in a provider");
    };
    Object.defineProperty(refuse, "prototype", { value: prototype });
    Object.defineProperty(prototype, "constructor", { value: refuse, writable: false, configurable: false });
    if (prototype === Function.prototype) Object.defineProperty(scope, "Function", { value: refuse });
  }
}
