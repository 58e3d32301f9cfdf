import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { CALLED, CALLER, CONTEXT, CONTRACT, claimsOf, STORE, setting } from "./dispatcher-setting.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);
const request = (namespace: string, payload = PAYLOAD) => ({
  binding: "default",
  namespace,
  operation: "Op",
  payload,
});
const NOBODY = "No local bus subscribers found, and no lattice RPC client enabled";

describe("a guest's host call", () => {
  it("is delivered to an actor here, with its origin and context", async () => {
    const { dispatcher, target } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    expect(await dispatcher.hostCall(CALLER, request(CALLED), CONTEXT)).toEqual({
      ok: true,
      payload: PAYLOAD,
    });
    expect(deliveries).toEqual([
      { origin: { kind: "actor", id: CALLER }, operation: "Op", payload: PAYLOAD, context: CONTEXT },
    ]);
  });

  it("is delivered to the provider whose key, contract and link name are all those of the link", async () => {
    const { dispatcher, cache, target } = setting();
    const link = { actorId: CALLER, providerId: "VA", contractId: CONTRACT, linkName: "default", values: {} };
    cache.putLink(link);
    for (const part of [{ id: "VB" }, { contractId: "other" }, { linkName: "other" }])
      target({ ...STORE, ...part });
    expect(await dispatcher.hostCall(CALLER, request(CONTRACT), CONTEXT)).toEqual({
      ok: false,
      message: NOBODY,
    });
    const deliveries = target(STORE);
    expect(await dispatcher.hostCall(CALLER, request(CONTRACT), CONTEXT)).toMatchObject({ ok: true });
    expect(deliveries).toHaveLength(1);
  });

  it("fails with the text of the protocol if there is no target, without a call being made", async () => {
    const { dispatcher, records } = setting();
    expect(await dispatcher.hostCall(CALLER, request("wasmcloud:none"), CONTEXT)).toEqual({
      ok: false,
      message:
        "The target wasmcloud:none was not found as an actor public key, an actor call alias, or as the contract ID " +
        `in an existing link from source actor ${CALLER}`,
    });
    expect(records).toEqual([]);
  });

  it("fails with the text of the protocol if the target is not here and there is no lattice", async () => {
    const answer = await setting().dispatcher.hostCall(CALLER, request(CALLED), CONTEXT);
    expect(answer).toEqual({ ok: false, message: NOBODY });
  });

  it("that is denied says no more than that", async () => {
    const { dispatcher, cache, target, records } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    cache.putClaims(claimsOf(CALLER, { expires: 1 }), "verified");
    expect(await dispatcher.hostCall(CALLER, request(CALLED), CONTEXT)).toEqual({
      ok: false,
      message: "Invocation authorization denied",
    });
    expect(deliveries).toEqual([]);
    expect(records).toMatchObject([{ error: { details: { reason: "Actor claims have expired" } } }]);
  });

  it("fails with the text of the target unchanged", async () => {
    const { dispatcher, target } = setting();
    target({ kind: "actor", id: CALLED }, async () => {
      throw new HostError("guest.failure", "as it is");
    });
    const answer = await dispatcher.hostCall(CALLER, request(CALLED), CONTEXT);
    expect(answer).toEqual({ ok: false, message: "as it is" });
  });

  it("is data also if something unforeseen is thrown", async () => {
    const { dispatcher, target } = setting();
    target({ kind: "actor", id: CALLED }, () => Promise.reject("no error at all"));
    const answer = await dispatcher.hostCall(CALLER, request(CALLED), CONTEXT);
    expect(answer).toEqual({ ok: false, message: "no error at all" });
  });

  it("with too large a payload is refused before anybody is asked", async () => {
    const { dispatcher, target } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    const call = (bytes: number): unknown =>
      dispatcher.hostCall(CALLER, request(CALLED, new Uint8Array(bytes)), CONTEXT);
    expect(await call(101)).toEqual({
      ok: false,
      message: "The payload has 101 bytes; at most 100 are taken",
    });
    expect(deliveries).toEqual([]);
    expect(await call(100)).toMatchObject({ ok: true });
  });

  it("of an operation by which first-party hosts halt is a call like any other", async () => {
    const { dispatcher, target } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    await dispatcher.hostCall(CALLER, { ...request(CALLED), operation: "__halt" }, CONTEXT);
    expect(deliveries).toHaveLength(1);
  });
});

describe("the host's own call", () => {
  it("reaches an actor by key or alias, as the system actor, with a deadline and a copy of the payload", async () => {
    const { dispatcher, cache, target } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    cache.claimAlias("alias", CALLED);
    for (const name of [CALLED, "alias"])
      expect(await dispatcher.callFromHost(name, "Op", PAYLOAD)).toEqual(PAYLOAD);
    expect(deliveries).toHaveLength(2);
    expect(deliveries[0]).toEqual({
      origin: { kind: "actor", id: "system" },
      operation: "Op",
      payload: PAYLOAD,
      context: { chain: [], deadline: 1_010_000 },
    });
    expect(deliveries[0]?.payload).not.toBe(PAYLOAD);
  });

  it.each(["nobody", CONTRACT, "VA", "system"])("of %s fails with the text of the protocol", async (name) => {
    await expect(setting().dispatcher.callFromHost(name, "Op", PAYLOAD)).rejects.toMatchObject({
      code: "dispatch.no_target",
      message: "Specified actor was not a public key or a known call alias.",
    });
  });

  it("that fails has the prefix of the protocol, and keeps code, hint and details", async () => {
    const { dispatcher, target } = setting();
    target({ kind: "actor", id: CALLED }, async () => {
      throw new HostError("actor.deadline", "late", { hint: "Wait.", details: { actor: "M" } });
    });
    await expect(dispatcher.callFromHost(CALLED, "Op", PAYLOAD)).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
      message: "Invocation failure: late",
      hint: "Wait.",
      details: { actor: "M", reason: "actor.deadline" },
      cause: { code: "actor.deadline" },
    });
  });
});

describe("a provider's call of an actor", () => {
  const origin = STORE;

  it("has the provider as origin and needs no capability", async () => {
    const { dispatcher, target } = setting();
    const deliveries = target({ kind: "actor", id: CALLED });
    expect(await dispatcher.callFromProvider(origin, CALLED, "Op", PAYLOAD)).toEqual(PAYLOAD);
    expect(deliveries).toMatchObject([{ origin, context: { chain: [] } }]);
  });

  it("does not resolve aliases", async () => {
    const { dispatcher, cache, target } = setting();
    target({ kind: "actor", id: CALLED });
    cache.claimAlias("alias", CALLED);
    await expect(dispatcher.callFromProvider(origin, "alias", "Op", PAYLOAD)).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
      message: `Invocation failure: ${NOBODY}`,
    });
  });
});
