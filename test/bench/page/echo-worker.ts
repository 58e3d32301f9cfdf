/** The least a worker can do: answers with what it was sent; runs a module's start functions, if it is sent one. */
globalThis.addEventListener(
  "message",
  (event: MessageEvent<Uint8Array<ArrayBuffer> | WebAssembly.Module>) => {
    const { data } = event;
    if (data instanceof WebAssembly.Module) void instantiate(data).then(() => postMessage(new Uint8Array(0)));
    else postMessage(data, { transfer: [data.buffer] });
  },
);

/** Kept, so that their memory can be measured. */
const instances: WebAssembly.Instance[] = [];
Object.assign(globalThis, { instances });

async function instantiate(module: WebAssembly.Module): Promise<void> {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => 0 };
  }
  const instance = await WebAssembly.instantiate(module, imports);
  for (const name of ["_initialize", "_start", "wapc_init"]) {
    const start = instance.exports[name];
    if (typeof start === "function") start();
  }
  instances.push(instance);
}
