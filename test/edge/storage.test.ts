import { decode, encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyValueDemands } from "../conformance/providers/keyvalue.ts";
import { lastingStoreDemands, storeDemands } from "../conformance/store.ts";
import { type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";

let edge: EdgeWorker;
beforeAll(async () => {
  edge = await startEdgeWorker();
});
afterAll(() => edge.stop());

describe("the store on an object, like every store", () => {
  it.each([...storeDemands, ...lastingStoreDemands].map(({ title }) => title))("%s", async (title) => {
    expect(await edge.object("run", [title], "STORE", "store")).toBeNull();
  });
});

interface Answer {
  readonly payload?: Uint8Array;
  readonly code?: string;
  readonly message?: string;
}

describe("the key-value provider on an object, like every one", () => {
  it.each(keyValueDemands.map(({ title }) => title))("%s", async (title) => {
    expect(await edge.object("run", [title], "KEYVALUE", title)).toBeNull();
  });
});

describe("the keys of an object", () => {
  const ask = async (operation: string, request: unknown, now = 0): Promise<unknown> => {
    const order = { operation, payload: encode(request), options: { maxKeys: 2 }, now };
    const answer = (await edge.object("handle", [order], "KEYVALUE", "bounds")) as Answer;
    return answer.payload === undefined ? answer : decode(answer.payload);
  };
  const set = (key: string, expires: number, now?: number): Promise<unknown> =>
    ask("Set", { key, value: "1", expires }, now);

  it("are so many at most, without those that have expired and are never read again", async () => {
    await set("a", 1);
    await set("b", 0);
    expect(await set("c", 0)).toMatchObject({ message: "The store is full: it holds 2 keys" });
    expect(await ask("Add", { key: "b", value: 1 })).toEqual({ value: 2 });
    expect(await set("c", 0, 1_000)).toEqual({ value: "1" });
  });
});

describe("an object whose storage takes no more", () => {
  const order = (operation: string, request: unknown): readonly unknown[] => [
    { operation, payload: encode(request), options: {}, now: 0 },
  ];

  it("refuses a value above what a row may hold, and keeps the one before", async () => {
    await edge.object("handle", order("Set", { key: "k", value: "before", expires: 0 }), "KEYVALUE", "full");
    const large = { key: "k", value: "x".repeat(3_000_000), expires: 0 };
    expect(await edge.object("handle", order("Set", large), "KEYVALUE", "full")).toMatchObject({
      code: "storage.quota",
    });
    const { payload } = (await edge.object(
      "handle",
      order("Get", { key: "k" }),
      "KEYVALUE",
      "full",
    )) as Answer;
    expect(decode(payload ?? new Uint8Array(0))).toEqual({ value: "before", exists: true });
  });
});
