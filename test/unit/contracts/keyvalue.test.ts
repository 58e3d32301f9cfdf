import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { dispatchKeyValue, KEYVALUE_CONTRACT, type KeyValueHandlers } from "../../../src/contracts/index.ts";
import { bytes, hex, NOTHING, pack } from "./payloads.ts";

/** Handlers that note what they are asked, and answer what the interface says. */
function recorder(): { readonly asked: [string, unknown][]; readonly handlers: KeyValueHandlers } {
  const asked: [string, unknown][] = [];
  const note =
    <T>(operation: string, answer: T) =>
    (request: unknown): T => {
      asked.push([operation, request]);
      return answer;
    };
  const value = { value: "v", exists: true };
  return {
    asked,
    handlers: {
      Get: note("Get", value),
      Add: note("Add", { value: 3 }),
      Set: note("Set", { value: "v" }),
      Del: note("Del", { key: "k" }),
      Clear: note("Clear", { key: "k" }),
      Range: note("Range", { values: ["a"] }),
      Push: note("Push", { newCount: 1 }),
      ListItemDelete: note("ListItemDelete", { newCount: 2 }),
      SetAdd: note("SetAdd", { new_count: 1 }),
      SetRemove: note("SetRemove", { new_count: 0 }),
      SetUnion: note("SetUnion", { values: [] }),
      SetIntersection: note("SetIntersection", { values: [] }),
      SetQuery: note("SetQuery", { values: [] }),
      KeyExists: note("KeyExists", { value: "", exists: false }),
    },
  };
}

const key = { key: "k" };
const entry = { key: "k", value: "v" };
const keys = { keys: ["a", "b"] };
const operations = [
  ["Get", key],
  ["Add", { key: "k", value: -5 }],
  ["Set", { key: "k", value: "v", expires: 60 }],
  ["Del", key],
  ["Clear", key],
  ["Range", { key: "k", start: -3, stop: -1 }],
  ["Push", entry],
  ["ListItemDelete", entry],
  ["SetAdd", entry],
  ["SetRemove", entry],
  ["SetUnion", keys],
  ["SetIntersection", keys],
  ["SetQuery", key],
  ["KeyExists", key],
] as const;

describe("the key-value contract", () => {
  it("has its name and the fourteen operations of the interface", () => {
    expect(KEYVALUE_CONTRACT).toBe("wasmcloud:keyvalue");
    expect(operations.map(([name]) => name)).toEqual(Object.keys(recorder().handlers));
  });

  it.each(operations)("hands %s to its handler, named or by position", async (operation, request) => {
    const { asked, handlers } = recorder();
    await dispatchKeyValue(handlers, operation, pack(request));
    await dispatchKeyValue(handlers, operation, pack({ unknown: [1], ...request }));
    await dispatchKeyValue(handlers, operation, pack(Object.values(request)));
    expect(asked).toEqual([
      [operation, request],
      [operation, request],
      [operation, request],
    ]);
  });

  it.each(operations)("refuses %s when a field is missing or of another type", async (operation, request) => {
    const { asked, handlers } = recorder();
    for (const name of Object.keys(request)) {
      const { [name]: _left, ...rest } = request as Record<string, unknown>;
      for (const broken of [rest, { ...rest, [name]: null }, { ...rest, [name]: 1.5 }]) {
        await expect(dispatchKeyValue(handlers, operation, pack(broken))).rejects.toMatchObject({
          code: "provider.bad_request",
          message: expect.stringContaining(`Failed to de-serialize: field \`${name}\``),
        });
      }
    }
    expect(asked).toEqual([]);
  });

  it("spells newCount and new_count as the interface does, byte for byte", async () => {
    const { handlers } = recorder();
    const answer = async (operation: string): Promise<string> =>
      hex(await dispatchKeyValue(handlers, operation, pack(entry)));
    expect(await answer("Push")).toBe("81a86e6577436f756e7401");
    expect(await answer("ListItemDelete")).toBe("81a86e6577436f756e7402");
    expect(await answer("SetAdd")).toBe("81a96e65775f636f756e7401");
    expect(await answer("SetRemove")).toBe("81a96e65775f636f756e7400");
    expect(await answer("Get")).toBe("82a576616c7565a176a6657869737473c3");
  });

  it("reads the payload that the real kvcounter sends", async () => {
    const { asked, handlers } = recorder();
    const answer = await dispatchKeyValue(
      handlers,
      "Add",
      bytes("82a36b6579a83a666f6f3a626172a576616c756501"),
    );
    expect(asked).toEqual([["Add", { key: ":foo:bar", value: 1 }]]);
    expect(hex(answer)).toBe("81a576616c756503");
  });

  it("takes numbers of 32 bits and no others", async () => {
    const { handlers } = recorder();
    const add = (value: number): Promise<Uint8Array> =>
      dispatchKeyValue(handlers, "Add", pack({ key: "k", value }));
    expect(decode(await add(-(2 ** 31)))).toEqual({ value: 3 });
    await expect(add(2 ** 31)).rejects.toMatchObject({ code: "provider.bad_request" });
  });

  it("takes at most 1,024 keys at once", async () => {
    const { handlers } = recorder();
    const union = (count: number): Promise<Uint8Array> =>
      dispatchKeyValue(handlers, "SetUnion", pack({ keys: Array.from({ length: count }, String) }));
    await union(1_024);
    await expect(union(1_025)).rejects.toMatchObject({ code: "provider.bad_request" });
  });

  it.each(["", "get", "Nonsense", "toString", "__proto__", "constructor"])(
    "refuses the operation %j with the text of first-party providers",
    async (operation) => {
      await expect(dispatchKeyValue(recorder().handlers, operation, NOTHING)).rejects.toMatchObject({
        code: "provider.unknown_operation",
        message: "bad dispatch",
      });
    },
  );

  it("refuses an empty payload", async () => {
    await expect(dispatchKeyValue(recorder().handlers, "Get", NOTHING)).rejects.toMatchObject({
      message: "Failed to de-serialize: IO error while reading marker: failed to fill whole buffer",
    });
  });
});
