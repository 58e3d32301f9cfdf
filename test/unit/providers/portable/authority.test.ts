import { describe, expect, it } from "vitest";
import { errorOf } from "../../claims/errors.ts";
import { answering, bytes, start, text } from "./portable.ts";

/** What an expression gives in a provider, or the error it throws, as text. */
async function evaluated(expression: string): Promise<string> {
  const { provider } = await start(
    answering(`
      const result = await (async () => String(await (${expression})))().catch((error) => "threw " + error);
      return new TextEncoder().encode(result)`),
  );
  return text(await provider.handleCall("M", "op", bytes("")));
}

describe("a portable provider", () => {
  it.each([
    "node:fs",
    "fs",
    "./other.mjs",
    "data:text/javascript,export default 1",
    "https://example.com/x.js",
  ])("cannot import %s", async (specifier) => {
    const statement = await errorOf(() => start(`import ${JSON.stringify(specifier)}; export default 1`));
    expect(statement.code).toBe("provider.start_failed");
    expect(statement.message).toContain(`imports ${JSON.stringify(specifier)}`);
    expect(await evaluated(`import(${JSON.stringify(specifier)})`)).toMatch(/^threw Error: .* imports /);
  });

  it.each([
    `eval("1")`,
    `Function("return 1")()`,
    `(() => 1).constructor("return 1")()`,
    `(async () => 1).constructor("return 1")()`,
    `(function* () {}).constructor("yield 1")()`,
    `(async function* () {}).constructor("yield 1")()`,
    `Object.getPrototypeOf((async () => 1).constructor).constructor("return 1")`,
    `Reflect.construct((() => 1).constructor, ["return 1"])`,
    `Promise.resolve("return import('node:fs')").then((() => 1).constructor).then((made) => made())`,
    `setTimeout("1")`,
  ])("cannot make code from text by %s", async (expression) => {
    expect(await evaluated(expression)).toMatch(/^threw (EvalError|ReferenceError|TypeError)/);
  });

  it("has no globals but those of the language and a few of the Web", async () => {
    const names = await evaluated("Object.getOwnPropertyNames(globalThis).join()");
    const foreign = [
      "process",
      "require",
      "Buffer",
      "global",
      "fetch",
      "WebSocket",
      "Worker",
      "eval",
      "navigator",
    ];
    for (const name of foreign) expect(names.split(",")).not.toContain(name);
    for (const name of ["TextEncoder", "URL", "crypto", "setTimeout"])
      expect(names.split(",")).toContain(name);
    expect(
      await evaluated("(() => 1) instanceof Function && new TextEncoder().encode('a') instanceof Uint8Array"),
    ).toBe("true");
  });

  it("cannot reach the process through Node's own code", async () => {
    const trap = `(() => {
      Object.defineProperty(Object.prototype, "noDeprecation", { get() { return this }, configurable: true });
    })()`;
    expect(await evaluated(trap)).toMatch(/^threw TypeError/);
    expect(await evaluated(`Object.getOwnPropertyNames(console).join()`)).toBe(
      "debug,log,info,warn,error,trace",
    );
    expect(await evaluated(`console.log.constructor("return 1")()`)).toMatch(/^threw EvalError/);
  });

  it("does not know its environment", async () => {
    expect(await evaluated("Object.keys(import.meta).join() || 'nothing'")).toBe("nothing");
    expect(await evaluated("typeof process + typeof globalThis.process")).toBe("undefinedundefined");
  });
});
