import { describe, expect, it } from "vitest";
import type { FromWorker } from "../../../src/actors/messages.ts";
import { SupervisedWorker } from "../../../src/actors/supervised-worker.ts";
import { HostError } from "../../../src/errors/index.ts";
import { scriptOf, useThreads } from "./threads.ts";

const threads = useThreads();
const SILENT = scriptOf("setInterval(() => undefined, 1e6)");
const stopped = new HostError("actor.stopped", "enough");

function supervise(script?: URL): { readonly worker: SupervisedWorker; readonly messages: FromWorker[] } {
  const messages: FromWorker[] = [];
  const handle = threads.current.start("test", script);
  return { worker: new SupervisedWorker(handle, (message) => messages.push(message)), messages };
}

/** The reason for which a worker ends. */
const ending = (worker: SupervisedWorker): Promise<HostError> =>
  new Promise((resolve) => worker.onEnd(resolve));

describe("a supervised worker", () => {
  it("answers life-cycle calls", async () => {
    const { worker } = supervise();
    expect(await worker.lifeCycle((api) => api.probe(), 5_000)).toEqual(["shared-memory", "none"]);
    expect(worker.ended).toBeUndefined();
    worker.end(stopped);
  });

  it.each([
    ["fails to load", scriptOf("throw new Error('no good')"), "The actor's worker failed: no good"],
    ["cannot be found", new URL("file:///nowhere/worker.js"), /^The actor's worker failed: .*nowhere/],
    ["is no script", scriptOf("}"), /^The actor's worker failed: /],
    ["exits", scriptOf("process.exit(3)"), "The actor's worker failed: the thread ended with code 3"],
    [
      "fails later",
      scriptOf("setTimeout(() => { throw new TypeError('later') }, 5)"),
      "The actor's worker failed: later",
    ],
  ])("that %s fails its life-cycle calls with the reason", async (_what, script, message) => {
    const { worker } = supervise(script);
    const failure = {
      code: "actor.worker_failed",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    };
    await expect(worker.lifeCycle((api) => api.probe(), 10_000)).rejects.toMatchObject(failure);
    expect(worker.ended).toMatchObject(failure);
    await threads.current.atMost(0);
  });

  it("that never answers is ended at the deadline", async () => {
    const { worker } = supervise(SILENT);
    await expect(worker.lifeCycle((api) => api.probe(), 50)).rejects.toMatchObject({
      code: "actor.deadline",
      message: "The actor's worker did not get ready within 50 ms",
    });
    expect(worker.ended).toMatchObject({ code: "actor.deadline" });
    await threads.current.atMost(0);
  });

  it("that never answers is ended at the deadline also in the middle of a loop", async () => {
    const { worker } = supervise(scriptOf("for (;;);"));
    await expect(worker.lifeCycle((api) => api.probe(), 50)).rejects.toMatchObject({
      code: "actor.deadline",
    });
    await threads.current.atMost(0);
  });

  it("fails all that waits for it when it is ended, with the first reason given", async () => {
    const { worker } = supervise(SILENT);
    const calls = [1, 2, 3].map(() => worker.lifeCycle((api) => api.probe(), 60_000));
    const ended = ending(worker);
    worker.end(stopped);
    worker.end(new HostError("internal", "too late"));
    for (const call of calls) await expect(call).rejects.toBe(stopped);
    expect(await ended).toBe(stopped);
    await threads.current.atMost(0);
  });

  it("tells its end once, and at once to those who ask later", async () => {
    const { worker } = supervise(scriptOf("process.exit(0)"));
    let told = 0;
    worker.onEnd(() => told++);
    const reason = await ending(worker);
    await threads.current.atMost(0);
    expect(told).toBe(1);
    expect(await ending(worker)).toBe(reason);
    await expect(worker.lifeCycle((api) => api.probe(), 1_000)).rejects.toBe(reason);
  });

  it("is heard beside comlink until it is ended, and not after", async () => {
    const { worker, messages } = supervise(
      scriptOf(`
        import { parentPort } from "node:worker_threads";
        parentPort.on("message", ({ wl }) => wl && parentPort.postMessage({ wl: "log", text: wl }));
        parentPort.postMessage({ type: "RAW", value: "of comlink" });
        parentPort.postMessage({ wl: "log", text: "first" });
      `),
    );
    worker.post({ wl: "answer", guest: 1, ok: false, message: "" });
    while (messages.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(messages).toEqual([
      { wl: "log", text: "first" },
      { wl: "log", text: "answer" },
    ]);
    worker.post({ wl: "answer", guest: 1, ok: false, message: "" });
    worker.end(stopped);
    await threads.current.atMost(0);
    expect(messages).toHaveLength(2);
  });
});
