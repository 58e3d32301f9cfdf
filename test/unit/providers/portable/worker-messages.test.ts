import { describe, expect, it } from "vitest";
import type { HostError } from "../../../../src/errors/index.ts";
import { WorkerProviderRuntime } from "../../../../src/providers/index.ts";
import { scriptOf, useThreads } from "../../actors/threads.ts";
import { errorOf } from "../../claims/errors.ts";
import { bytes, until } from "./portable.ts";

const threads = useThreads();

/** A provider in a thread that runs this in place of the worker's own code, with `port` and `tell` at hand. */
async function startRaw(body: string, failures: HostError[] = []) {
  const script = scriptOf(`
    import { parentPort as port } from "node:worker_threads";
    const tell = (message) => port.postMessage(message);
    ${body}`);
  const runtime = new WorkerProviderRuntime({
    targets: ["es2022-any"],
    startWorker: (name) => threads.current.start(name, script),
  });
  const options = {
    name: "raw",
    startMs: 5_000,
    maxPayloadBytes: 100,
    onFailure: (e: HostError) => failures.push(e),
  };
  return runtime.start(bytes("any"), options);
}

/** Starts, and answers each call with these messages. */
const onCall = (messages: string): string => `
  port.on("message", ({ kind, call }) => {
    if (kind === "start") tell({ kind: "started" });
    if (kind === "call") for (const message of ${messages}) tell(message);
  });`;

describe("a provider's worker", () => {
  it.each([
    ["no object", `["text"]`],
    ["no known kind", `[{ kind: "nonsense" }]`],
    ["an inherited kind", `[{ kind: "constructor" }]`],
    ["a text as payload", `[{ kind: "done", call, payload: "text" }]`],
    ["part of a buffer", `[{ kind: "done", call, payload: new Uint8Array(10).subarray(1) }]`],
    ["shared memory", `[{ kind: "done", call, payload: new Uint8Array(new SharedArrayBuffer(1)) }]`],
    ["a call's number that is none", `[{ kind: "done", call: -1, payload: new Uint8Array(1) }]`],
    ["an answer to no call", `[{ kind: "done", call: call + 1, payload: new Uint8Array(1) }]`],
    [
      "an error to no call",
      `[{ kind: "failed", call: 99, error: { code: "provider.failure", message: "", details: {} } }]`,
    ],
    [
      "an error of the host",
      `[{ kind: "failed", call, error: { code: "host.stopped", message: "", details: {} } }]`,
    ],
    [
      "an error text without end",
      `[{ kind: "failed", call, error: { code: "provider.failure", message: "x".repeat(1e5), details: {} } }]`,
    ],
    ["a log line without end", `[{ kind: "log", text: "x".repeat(1e5) }]`],
    [
      "a call of an actor over the limit",
      `[{ kind: "dispatch", dispatch: 1, actor: "M", operation: "op", payload: new Uint8Array(101) }]`,
    ],
  ])("that sends %s is ended", async (_, messages) => {
    const failures: HostError[] = [];
    const provider = await startRaw(onCall(messages), failures);
    const error = await errorOf(() => provider.handleCall("M", "op", bytes("")));
    expect(error.code).toBe("provider.worker_failed");
    expect(error.message).toMatch(/^The worker of provider raw sent /);
    expect(failures).toEqual([error]);
    await threads.current.atMost(0);
  });

  it("cannot get an answer over the limit past the host", async () => {
    const provider = await startRaw(onCall(`[{ kind: "done", call, payload: new Uint8Array(101) }]`));
    expect((await errorOf(() => provider.handleCall("M", "op", bytes("")))).code).toBe("input.too_large");
    await provider.stop();
  });

  it("answers a call once; more answers are dropped", async () => {
    const answer = "{ kind: 'done', call, payload: Uint8Array.of(1) }";
    const provider = await startRaw(onCall(`[${answer}, ${answer}]`));
    expect(await provider.handleCall("M", "op", bytes(""))).toEqual(Uint8Array.of(1));
    expect(await provider.handleCall("M", "op", bytes(""))).toEqual(Uint8Array.of(1));
    expect(provider.ended).toBeUndefined();
    await provider.stop();
    await threads.current.atMost(0);
  });

  it.each([
    ["fails to load", `throw new Error("no good")`, "The worker of provider raw failed: no good"],
    [
      "exits while it starts",
      "process.exit(3)",
      "The worker of provider raw failed: the thread ended with code 3",
    ],
    [
      "sends nonsense while it starts",
      "tell(1)",
      "The worker of provider raw sent a message that makes no sense",
    ],
  ])("that %s fails the start, and the host is told only so", async (_, body, message) => {
    const failures: HostError[] = [];
    const error = await errorOf(() => startRaw(body, failures));
    expect(error).toMatchObject({ code: "provider.worker_failed", message });
    expect(failures).toEqual([]);
    await threads.current.atMost(0);
  });

  it("that cannot be started at all fails the start", async () => {
    const runtime = new WorkerProviderRuntime({
      targets: [],
      startWorker: () => {
        throw new Error("no more workers");
      },
    });
    const error = await errorOf(() =>
      runtime.start(bytes("any"), { name: "raw", onFailure: () => undefined }),
    );
    expect(error).toMatchObject({
      code: "provider.worker_failed",
      message: "No worker can be started for provider raw: no more workers",
    });
  });

  it("is ended with its provider, whatever it does", async () => {
    const provider = await startRaw(`
      port.on("message", ({ kind }) => { if (kind === "start") tell({ kind: "started" }); if (kind === "stop") for (;;); });`);
    await provider.stop();
    await threads.current.atMost(0);
    await until(() => threads.current.alive === 0);
    expect(provider.ended).toMatchObject({ code: "provider.not_running" });
  });
});
