import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { answerCoreOperation } from "../../../src/providers/index.ts";
import { NOTHING, pack } from "../contracts/payloads.ts";

describe("the core operations of a provider", () => {
  it("tell its handlers who is linked, and wait for them", async () => {
    const told: unknown[] = [];
    const handlers = {
      bind: async (actor: string, values: object) => void told.push(["bind", actor, values]),
      remove: (actor: string) => void told.push(["remove", actor]),
    };
    const bind = await answerCoreOperation(handlers, "BindActor", pack({ module: "MA", values: { a: "b" } }));
    const remove = await answerCoreOperation(handlers, "RemoveActor", pack({ module: "MA", values: {} }));
    expect([bind, remove]).toEqual([NOTHING, NOTHING]);
    expect(told).toEqual([
      ["bind", "MA", { a: "b" }],
      ["remove", "MA"],
    ]);
  });

  it("are no others", async () => {
    expect(await answerCoreOperation({}, "Get", NOTHING)).toBeUndefined();
    expect(await answerCoreOperation({}, "toString", NOTHING)).toBeUndefined();
  });

  it("fail with garbage, and with what a handler throws", async () => {
    await expect(answerCoreOperation({}, "BindActor", NOTHING)).rejects.toMatchObject({
      code: "provider.bad_request",
    });
    const refuse = () => {
      throw new HostError("provider.failure", "not this one");
    };
    const link = pack({ module: "MA", values: {} });
    await expect(answerCoreOperation({ bind: refuse }, "BindActor", link)).rejects.toThrow("not this one");
  });
});
