import { SourceTextModule } from "node:vm";

/** Modules that were imported: Node frees the callback of their `import()` with them, and crashes if it is needed. */
const kept: SourceTextModule[] = [];

/**
 * Runs an ES module that may import nothing: neither by a statement nor by the expression `import()`. Needs the flag
 * `--experimental-vm-modules`. The module runs among the thread's own globals, so what must not be reached from there
 * has to be removed before.
 *
 * @param code - in UTF-8.
 * @returns its namespace.
 */
export async function importAlone(code: Uint8Array): Promise<object> {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(code);
  const module = new SourceTextModule(text, {
    identifier: "provider.mjs",
    importModuleDynamically: (specifier: string) => refuse(specifier),
    initializeImportMeta: () => {
      // It has no address, and needs none.
    },
  });
  kept.push(module);
  await module.link((specifier) => refuse(specifier));
  await module.evaluate();
  return module.namespace;
}

function refuse(specifier: string): never {
  throw new Error(
    `The provider's module imports ${JSON.stringify(specifier)}: it must hold all it needs itself`,
  );
}
