import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobstoreDemands } from "../conformance/providers/blobstore.ts";
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

describe("the blob store on an object, like every one", () => {
  it.each(blobstoreDemands.map(({ title }) => title))("%s", async (title) => {
    expect(await edge.object("runBlobs", [title], "STORE", "blobs")).toBeNull();
  });
});

describe("the key-value provider on an object, like every one", () => {
  it.each(keyValueDemands.map(({ title }) => title))("%s", async (title) => {
    expect(await edge.object("run", [title], "KEYVALUE", title)).toBeNull();
  });
});
