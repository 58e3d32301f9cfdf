/** The runtime's own base classes, as far as they are used. What they do at run time is more. */
declare module "cloudflare:workers" {
  /** Lets its methods be called from workers that have a binding of the object. */
  export abstract class DurableObject<Environment = unknown> {
    protected readonly ctx: import("./platform.ts").ObjectState;
    protected readonly env: Environment;
    constructor(ctx: import("./platform.ts").ObjectState, env: Environment);
  }
  /** Lets its methods be called from workers that have a binding of this worker. */
  export abstract class WorkerEntrypoint {}
}

/** Both ends of a WebSocket: one for the response, and one to keep. */
declare const WebSocketPair: new () => {
  readonly 0: import("./platform.ts").ClientEnd;
  readonly 1: import("./platform.ts").ServerSocket;
};

/** A module that the build puts in: it runs only where a guest can be suspended. */
declare module "weblattice:jspi-probe" {
  const probe: WebAssembly.Module;
  export default probe;
}

/** The same module as bytes, for isolates that are made at run time. */
declare module "weblattice:jspi-probe-bytes" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** The script of isolates that are made at run time, bundled by the build. */
declare module "weblattice:guest-worker" {
  const script: string;
  export default script;
}

/** Beside the script, in an isolate made at run time. */
declare module "weblattice:guest" {
  const guest: WebAssembly.Module;
  export default guest;
}
