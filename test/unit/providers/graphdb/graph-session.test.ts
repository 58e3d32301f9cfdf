import { describe, expect, it } from "vitest";
import type { ActorWorkerHandle } from "../../../../src/actors/index.ts";
import type { ToGraphWorker } from "../../../../src/providers/graphdb/graph-messages.ts";
import { GraphSession } from "../../../../src/providers/graphdb/graph-session.ts";

const OPTIONS = { image: undefined, openMs: 1_000, maxRows: 1, maxResultBytes: 1, maxMemoryBytes: 1 };
const rows = (value: object): object => ({
  kind: "rows",
  rows: { columns: 1, rows: [[{ kind: "scalar", value }]], statistics: [] },
  change: { kind: "none" },
});

/** A worker that answers what it is told to: faults that the engine cannot be made to have. */
class FaultyWorker implements ActorWorkerHandle {
  readonly #answer: (message: ToGraphWorker) => unknown;
  #listener: ((event: MessageEvent) => void) | undefined;
  isTerminated = false;

  constructor(answer: (message: ToGraphWorker) => unknown) {
    this.#answer = answer;
  }

  postMessage(message: unknown): void {
    const data = this.#answer(message as ToGraphWorker);
    if (data !== undefined) this.#listener?.({ data } as MessageEvent);
  }
  addEventListener(_type: "message", listener: (event: MessageEvent) => void): void {
    this.#listener = listener;
  }
  removeEventListener(): void {
    this.#listener = undefined;
  }
  onFailure(): void {}
  terminate(): void {
    this.isTerminated = true;
  }
}

const answering = (answer: unknown): FaultyWorker =>
  new FaultyWorker(({ kind }) => (kind === "open" ? { kind: "opened" } : answer));

describe("the session of a graph", () => {
  it("hands on what makes sense, under any name of a property", async () => {
    const session = await GraphSession.open(answering(rows({ intValue: 2n ** 60n })), OPTIONS);
    expect(await session.query("q", 1_000)).toMatchObject({ kind: "rows" });
    const properties = JSON.parse('{"__proto__":{"intValue":1},"constructor":{"intValue":2}}') as object;
    const node = { kind: "node", value: { labels: ["L"], properties } };
    const found = { columns: 1, rows: [[node]], statistics: [] };
    const named = answering({ kind: "rows", rows: found, change: { kind: "none" } });
    const answer = await (await GraphSession.open(named, OPTIONS)).query("q", 1_000);
    expect(JSON.stringify(answer)).toContain('"__proto__":{"intValue":1},"constructor":{"intValue":2}');
  });

  it.each([
    ["no message", "hello"],
    ["a value of no kind", rows({ intValue: "1" })],
    ["a number that is not exact", rows({ intValue: 2 ** 60 })],
    ["changes that are no bytes", { ...rows({}), change: { kind: "appended", bytes: [1] } }],
    ["another answer", { kind: "opened" }],
    ["an endless reason", { kind: "broken", reason: "x".repeat(2_001) }],
  ])("ends a worker that sends %s", async (_, answer) => {
    const worker = answering(answer);
    const session = await GraphSession.open(worker, OPTIONS);
    await expect(session.query("q", 1_000)).rejects.toMatchObject({ code: "provider.worker_failed" });
    expect([worker.isTerminated, session.isEnded]).toEqual([true, true]);
    await expect(session.query("q", 1_000)).rejects.toMatchObject({ code: "provider.worker_failed" });
  });

  it("ends a worker that does not open, or is closed while it works", async () => {
    const silent = new FaultyWorker(() => undefined);
    const opening = GraphSession.open(silent, { ...OPTIONS, openMs: 1 });
    await expect(opening).rejects.toMatchObject({ code: "provider.deadline" });
    expect(silent.isTerminated).toBe(true);
    const session = await GraphSession.open(answering(undefined), OPTIONS);
    const asked = session.query("q", 60_000);
    session.close();
    session.close();
    await expect(asked).rejects.toThrow("The graph was closed");
  });
});
