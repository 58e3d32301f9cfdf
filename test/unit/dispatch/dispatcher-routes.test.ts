import { describe, expect, it } from "vitest";
import type { Invocation } from "../../../src/claims/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import { CALLED, CALLER, CONTEXT, claimsOf, FakeRpc, STORE, setting } from "./dispatcher-setting.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);
const ACTOR = { kind: "actor", id: CALLED } as const;
const call = { binding: "", namespace: CALLED, operation: "Op", payload: PAYLOAD };

function inbound(parts: Partial<Invocation> = {}): Invocation {
  const origin = { kind: "actor", id: CALLER } as const;
  return {
    origin,
    target: ACTOR,
    operation: "Op",
    payload: PAYLOAD,
    id: "i",
    hostId: "N",
    token: "",
    ...parts,
  };
}

describe("what is told of a call", () => {
  it("is its route, its ends, sizes and time, and how it failed", async () => {
    const { dispatcher, target, records, counters } = setting();
    target(ACTOR, async ({ operation }) => {
      if (operation === "Fail") throw new HostError("guest.failure", "no");
      return Uint8Array.of(1);
    });
    await dispatcher.hostCall(CALLER, call, CONTEXT);
    await dispatcher.hostCall(CALLER, { ...call, operation: "Fail" }, CONTEXT);
    const ends = { origin: { kind: "actor", id: CALLER }, target: ACTOR, route: "local", requestBytes: 3 };
    expect(records).toEqual([
      { ...ends, operation: "Op", responseBytes: 1, durationMs: expect.any(Number) },
      {
        ...ends,
        operation: "Fail",
        responseBytes: 0,
        durationMs: expect.any(Number),
        error: { code: "guest.failure", message: "no", details: {} },
      },
    ]);
    expect(counters.snapshot()).toEqual({ "calls.local": 2, "calls.local.failed": 1 });
  });
});

describe("with a lattice", () => {
  it("what is here is called here, and the rest there, in the time that is left", async () => {
    const { dispatcher, target, records } = setting();
    const rpc = new FakeRpc();
    rpc.answer = { payload: Uint8Array.of(9) };
    await dispatcher.connect(rpc.asRpc);
    expect(await dispatcher.hostCall(CALLER, call, CONTEXT)).toEqual({ ok: true, payload: Uint8Array.of(9) });
    expect(rpc.calls).toMatchObject([
      {
        call: { origin: { id: CALLER }, target: ACTOR, operation: "Op", payload: PAYLOAD },
        timeoutMs: 2_000,
      },
    ]);
    target(ACTOR);
    expect(await dispatcher.hostCall(CALLER, call, CONTEXT)).toEqual({ ok: true, payload: PAYLOAD });
    expect(rpc.calls).toHaveLength(1);
    expect(records.map(({ route }) => route)).toEqual(["outbound", "local"]);
  });

  it("the time to wait is whole, also by a clock that tells fractions, and never 0", async () => {
    const { dispatcher } = setting({ now: () => 1_000_000.25 });
    const rpc = new FakeRpc();
    await dispatcher.connect(rpc.asRpc);
    for (const deadline of [1_000_500, 1_000_000, 900_000]) {
      await dispatcher.hostCall(CALLER, call, { chain: [], deadline });
    }
    expect(rpc.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([500, 1, 1]);
  });

  it("an error from there reaches the guest unchanged", async () => {
    const { dispatcher } = setting();
    const rpc = new FakeRpc();
    rpc.answer = { payload: new Uint8Array(0), error: "Failed to invoke actor: as it is" };
    await dispatcher.connect(rpc.asRpc);
    expect(await dispatcher.hostCall(CALLER, call, CONTEXT)).toEqual({
      ok: false,
      message: "Failed to invoke actor: as it is",
    });
    await expect(dispatcher.callFromHost(CALLED, "Op", PAYLOAD)).rejects.toMatchObject({
      message: "Invocation failure: Failed to invoke actor: as it is",
    });
  });

  it("denied calls are not sent there", async () => {
    const { dispatcher, cache } = setting();
    const rpc = new FakeRpc();
    await dispatcher.connect(rpc.asRpc);
    cache.putLink({
      actorId: CALLER,
      providerId: "VA",
      contractId: "other",
      linkName: "default",
      values: {},
    });
    expect(await dispatcher.hostCall(CALLER, { ...call, namespace: "other" }, CONTEXT)).toEqual({
      ok: false,
      message: "Invocation authorization denied",
    });
    expect(rpc.calls).toEqual([]);
  });
});

describe("what a host serves on a lattice", () => {
  it("is all that is registered and offered, before and after it joined, until it is taken out", async () => {
    const { dispatcher, target } = setting();
    const rpc = new FakeRpc();
    target(ACTOR);
    target(STORE, undefined, false);
    await dispatcher.connect(rpc.asRpc);
    target({ kind: "actor", id: CALLER });
    expect(rpc.served).toEqual([ACTOR, { kind: "actor", id: CALLER }]);
    await dispatcher.unregister(ACTOR);
    expect(rpc.closed).toEqual([ACTOR]);
    await dispatcher.connect(undefined);
    expect(rpc.closed).toHaveLength(2);
  });

  it("is served once, also if it is registered while the host joins", async () => {
    const { dispatcher, target } = setting();
    const rpc = new FakeRpc();
    const joined = dispatcher.connect(rpc.asRpc);
    target(ACTOR);
    await joined;
    expect(rpc.served).toEqual([ACTOR]);
    await dispatcher.unregister(ACTOR);
    expect(rpc.closed).toEqual([ACTOR]);
  });

  it("is not called by hosts whose actors lack the capability, as far as their claims are known", async () => {
    const { dispatcher, cache, target, records } = setting();
    const deliveries = target(STORE);
    const rpc = new FakeRpc();
    await dispatcher.connect(rpc.asRpc);
    const [handle] = rpc.handlers;
    await handle?.(inbound({ target: STORE }));
    await handle?.(inbound({ target: STORE, origin: { kind: "actor", id: CALLED } }));
    expect(deliveries).toHaveLength(2);
    cache.putClaims(claimsOf(CALLED, { capabilities: [] }), "announced");
    await expect(handle?.(inbound({ target: STORE, origin: { kind: "actor", id: CALLED } }))).rejects.toThrow(
      "Invocation authorization denied",
    );
    expect(records.map(({ route, error }) => [route, error?.code])).toEqual([
      ["inbound", undefined],
      ["inbound", undefined],
      ["inbound", "dispatch.denied"],
    ]);
  });

  it("waits for its turn no longer than a caller on the lattice waits", async () => {
    const { dispatcher, target } = setting();
    const deliveries = target(ACTOR);
    const rpc = new FakeRpc();
    await dispatcher.connect(rpc.asRpc);
    await rpc.handlers[0]?.(inbound());
    expect(deliveries[0]?.context).toEqual({ chain: [], deadline: 1_010_000, maxWaitMs: 2_000 });
  });
});
