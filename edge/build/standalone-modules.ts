/** Modules that Deno and Bun have themselves, but for those that stand for old versions of Node. */
export function isRuntimeModule(id: string): boolean {
  return /^(node|bun):/.test(id) && id !== "node:module";
}

/** A statement that compiles a file beside the script: no engine but those of workers imports compiled modules. */
export function compileBeside(fileName: string): string {
  // Vite would take an address written in one piece for an asset of its own.
  return [
    `const file = ${JSON.stringify(`./${fileName}`)};`,
    "const bytes = await (await fetch(new URL(/* @vite-ignore */ file, import.meta.url))).arrayBuffer();",
    "const module = await WebAssembly.compile(bytes);",
  ].join("\n");
}
