import { decode } from "@msgpack/msgpack";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EXTRAS_PROVIDER, ExtrasProvider } from "../../../src/providers/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { extrasDemands } from "../../conformance/providers/extras.ts";
import { bytes, hex, NOTHING, pack } from "../contracts/payloads.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const request = (fields: object): Uint8Array<ArrayBuffer> =>
  pack({ guid: false, sequence: false, random: false, min: 0, max: 0, ...fields });

function extras(): (operation: string, payload: Uint8Array, actor?: string) => Promise<unknown> {
  const provider = new ExtrasProvider();
  return async (operation, payload, actor = "MA") =>
    decode(await provider.handleCall(actor, operation, payload));
}

afterEach(() => vi.restoreAllMocks());

describe("the extras provider, like every one", () => {
  it.each(rows(extrasDemands))("%s", async (_, demand) => {
    await demand.run(() => new ExtrasProvider());
  });
});

describe("the extras provider", () => {
  it("has the fixed identity of the protocol", () => {
    expect(EXTRAS_PROVIDER).toEqual({
      id: "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP",
      contractId: "wasmcloud:extras",
      name: "wasmcloud Extras",
      vendor: "wasmCloud",
    });
  });

  it("makes a new lower-case UUID each time, in both generations, whatever the flags", async () => {
    const ask = extras();
    const first = await ask("RequestGuid", request({ guid: true }));
    const second = await ask("RequestGuid", request({ random: true, max: 5 }));
    const third = await ask("RequestGuid", NOTHING);
    expect(first).toEqual({ guid: expect.stringMatching(UUID_V4), sequenceNumber: 0, random_number: 0 });
    expect(second).toMatchObject({ guid: expect.stringMatching(UUID_V4) });
    expect(third).toMatch(UUID_V4);
    expect(new Set([(first as { guid: string }).guid, (second as { guid: string }).guid, third]).size).toBe(
      3,
    );
  });

  it("counts from 0 for each calling actor, whatever the generation", async () => {
    const ask = extras();
    const full = (sequenceNumber: number) => ({ guid: null, sequenceNumber, random_number: 0 });
    expect(await ask("RequestSequence", request({ sequence: true }), "MA")).toEqual(full(0));
    expect(await ask("RequestSequence", NOTHING, "MA")).toBe(1);
    expect(await ask("RequestSequence", request({}), "MB")).toEqual(full(0));
    expect(await ask("RequestSequence", request({}), "MA")).toEqual(full(2));
  });

  it("counts from 0 again after it was stopped", async () => {
    const provider = new ExtrasProvider();
    await provider.handleCall("MA", "RequestSequence", NOTHING);
    await provider.stop();
    expect(hex(await provider.handleCall("MA", "RequestSequence", NOTHING))).toBe("00");
  });

  it("makes random numbers of the range, its end excluded, and all of them", async () => {
    const ask = extras();
    const numbers = new Set<unknown>();
    for (let i = 0; i < 200; i++) numbers.add(await ask("RequestRandom", pack({ min: 3, max: 6 })));
    expect([...numbers].sort()).toEqual([3, 4, 5]);
    expect(await ask("RequestRandom", request({ random: true, min: 7, max: 8 }))).toEqual({
      guid: null,
      sequenceNumber: 0,
      random_number: 7,
    });
    expect(await ask("RequestRandom", pack({ min: 2 ** 32 - 2, max: 2 ** 32 - 1 }))).toBe(2 ** 32 - 2);
  });

  it("draws again where a remainder would make small numbers likelier", async () => {
    const drawn = [2 ** 32 - 1, 11];
    vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      if (array instanceof Uint32Array) array[0] = drawn.shift() ?? 0;
      return array;
    });
    expect(await extras()("RequestRandom", pack({ min: 0, max: 10 }))).toBe(1);
    expect(drawn).toEqual([]);
  });

  it("answers zeros if no random number was asked for", async () => {
    const answer = { guid: null, sequenceNumber: 0, random_number: 0 };
    expect(await extras()("RequestRandom", request({ min: 9, max: 1 }))).toEqual(answer);
  });

  it.each([
    [5, 5],
    [6, 5],
  ])("refuses a range from %i to %i, where first-party hosts crash", async (min, max) => {
    for (const payload of [pack({ min, max }), request({ random: true, min, max })]) {
      await expect(extras()("RequestRandom", payload)).rejects.toMatchObject({
        code: "provider.bad_request",
        message: `No random number is at least ${min} and below ${max}`,
      });
    }
  });

  it("keeps sequences for so many actors, and refuses one more", async () => {
    const provider = new ExtrasProvider({ maxSequences: 2 });
    const next = (actor: string): Promise<Uint8Array> =>
      provider.handleCall(actor, "RequestSequence", NOTHING);
    for (const actor of ["MA", "MB"]) expect(await next(actor)).toEqual(pack(0));
    await expect(next("MC")).rejects.toMatchObject({ code: "provider.overloaded" });
    expect(await next("MA")).toEqual(pack(1));
  });

  it("answers health checks, and links as often as they come", async () => {
    const provider = new ExtrasProvider();
    const health = await provider.handleCall(
      "system",
      "HealthRequest",
      bytes("81ab706c616365686f6c646572c3"),
    );
    expect(hex(health)).toBe("82a76865616c746879c3a76d657373616765a0");
    const link = pack({ module: "MA", values: {} });
    for (const operation of ["BindActor", "BindActor", "RemoveActor", "RemoveActor"]) {
      expect(await provider.handleCall("system", operation, link)).toEqual(NOTHING);
    }
  });

  it.each(["RequestNonsense", "", "requestGuid"])("refuses the operation %j", async (operation) => {
    await expect(extras()(operation, request({}))).rejects.toMatchObject({
      code: "provider.unknown_operation",
      message: "bad dispatch",
    });
  });

  it.each(["RequestGuid", "RequestSequence", "RequestRandom"])(
    "refuses %s with garbage",
    async (operation) => {
      await expect(extras()(operation, bytes("c1"))).rejects.toMatchObject({
        code: "provider.bad_request",
        message: "Failed to de-serialize: wrong msgpack marker Reserved",
      });
    },
  );
});
