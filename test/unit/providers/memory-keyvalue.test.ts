import { describe, expect, it } from "vitest";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "../../../src/providers/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";
import { newStore } from "./store.ts";

describe("the key-value provider in memory, like every one", () => {
  it.each(rows(keyValueDemands))("%s", async (_, demand) => {
    await demand.run(async (options) => new MemoryKeyValueProvider(options));
  });
});

describe("the key-value provider in memory", () => {
  it("says who it is", () => {
    expect(MEMORY_KEYVALUE_PROVIDER).toMatchObject({
      contractId: "wasmcloud:keyvalue",
      vendor: "weblattice",
    });
  });

  it("has forgotten its values when it stops, which may be twice", async () => {
    const { ask, provider } = newStore();
    await ask("Set", { key: "k", value: "v", expires: 0 });
    await provider.stop();
    await provider.stop();
    expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
  });
});
