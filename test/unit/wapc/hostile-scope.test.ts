import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { removeAmbientAuthority as removeInNode } from "../../../node/runtime/ambient-authority.ts";
import { removeAmbientAuthority } from "../../../web/ambient-authority.ts";

/** A scope like that of a browser's worker: most things are on its prototypes, some with getters only. */
function workerScope() {
  class EventTargetLike {}
  class ScopeLike extends EventTargetLike {
    fetch(): string {
      return "network";
    }
    get indexedDB(): string {
      return "storage";
    }
    get caches(): string {
      return "storage";
    }
    postMessage(): string {
      return "to the starter";
    }
  }
  class DedicatedScopeLike extends ScopeLike {
    readonly WebSocket = class {};
    readonly TextDecoder = class {};
  }
  const scope = new DedicatedScopeLike();
  Object.defineProperty(scope, "importScripts", { value: () => "code", configurable: false, writable: true });
  return {
    scope,
    prototypes: [DedicatedScopeLike.prototype, ScopeLike.prototype, EventTargetLike.prototype],
  };
}

describe("the scope of a browser's actor worker", () => {
  it.each(["fetch", "indexedDB", "caches", "WebSocket", "importScripts", "navigator", "Worker"])(
    "has no %s, on itself or on a prototype",
    (name) => {
      const { scope, prototypes } = workerScope();
      removeAmbientAuthority(scope);
      expect(Reflect.get(scope, name)).toBeUndefined();
      for (const prototype of prototypes) expect(Object.hasOwn(prototype, name)).toBe(false);
    },
  );

  it("cannot have them put back", () => {
    const { scope } = workerScope();
    removeAmbientAuthority(scope);
    expect(Reflect.set(scope, "fetch", () => "network")).toBe(false);
    expect(Reflect.deleteProperty(scope, "fetch")).toBe(false);
    expect(Reflect.defineProperty(scope, "fetch", { value: 1 })).toBe(false);
  });

  it("keeps the way to its starter", () => {
    const { scope } = workerScope();
    removeAmbientAuthority(scope);
    expect(scope.postMessage()).toBe("to the starter");
    expect(scope.TextDecoder).toBeDefined();
  });
});

describe("the scope of a Node thread", () => {
  it("keeps the names on its list only, whatever Node adds", () => {
    const scope = { process: 1, fetch: 2, somethingNew: 3, Map, WebAssembly };
    removeInNode(scope);
    expect(Object.keys(scope)).toEqual(["Map", "WebAssembly"]);
  });

  it("has lost process, network and files, and still talks to its starter", async () => {
    const source = readFileSync(
      new URL("../../../node/runtime/ambient-authority.ts", import.meta.url),
      "utf8",
    );
    const { outputText } = ts.transpileModule(source.replace("export function", "function"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    const worker = new Worker(
      `const { parentPort } = require("node:worker_threads");
       ${outputText}
       removeAmbientAuthority(globalThis);
       parentPort.on("message", async () => parentPort.postMessage({
         names: Object.getOwnPropertyNames(globalThis),
         answer: await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => "works"),
       }));`,
      { eval: true, env: {}, stdin: false },
    );
    worker.postMessage("go");
    const [{ names, answer }] = (await once(worker, "message")) as [{ names: string[]; answer: string }];
    await worker.terminate();
    expect(answer).toBe("works");
    const gone = [
      "process",
      "Buffer",
      "fetch",
      "WebSocket",
      "EventSource",
      "BroadcastChannel",
      "eval",
      "global",
    ];
    expect(names.filter((name) => gone.includes(name))).toEqual([]);
    expect(names).toContain("WebAssembly");
  });
});
