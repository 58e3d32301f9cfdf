import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { ALLOW_ALL } from "../../../src/dispatch/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { type ChosenClaims, signed } from "../actors/signing.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const CONTRACT = "wasmcloud:keyvalue";
const GUEST = "Invocation failure: Failed to invoke actor: Guest call failure: ";

/** Starts another actor with the code of `faulty`, which makes any host call it is told to. */
async function startCaller({ host }: TestHost, claims: ChosenClaims = {}): Promise<string> {
  const { bytes, key } = await signed("faulty", { capabilities: [CONTRACT], ...claims });
  await host.startActor(bytes);
  return key;
}

/** Starts a provider that notes its calls, linked to an actor. */
async function startLinked({ host }: TestHost, actorId: string): Promise<RecordingProvider> {
  const provider = new RecordingProvider();
  const descriptor = await newDescriptor(CONTRACT);
  await host.startProvider({ descriptor, provider });
  await host.setLink({
    actorId,
    providerId: descriptor.id,
    contractId: CONTRACT,
    linkName: "default",
    values: {},
  });
  return provider;
}

const to = (target: string, operation: string, value?: unknown) => ({
  target,
  operation,
  payload: value === undefined ? new Uint8Array(0) : encode(value),
});

describe("a guest that calls a provider", () => {
  it("reaches it with its own key as origin, and gets the answer unchanged", async () => {
    const test = await startTestHost();
    const key = await startCaller(test);
    const provider = await startLinked(test, key);
    const answer = await test.call(key, "Call", to(CONTRACT, "Op", [1]));
    expect(answer).toEqual(encode([1]));
    expect(provider.calls.at(-1)).toEqual({ origin: key, operation: "Op", payload: encode([1]) });
  });

  it("gets the provider's error text unchanged", async () => {
    const test = await startTestHost();
    const key = await startCaller(test);
    const provider = await startLinked(test, key);
    provider.answer = () => Promise.reject(new HostError("provider.failure", "größer 日本"));
    await expect(test.call(key, "Call", to(CONTRACT, "Op"))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Invocation failure: Failed to invoke actor: Guest call failure: .*Host error: größer 日本$/,
      ),
      details: { reason: "guest.failure" },
    });
  });

  it.each(["BindActor", "RemoveActor", "__halt"])("cannot pose as the host by %s", async (operation) => {
    const test = await startTestHost();
    const key = await startCaller(test);
    const provider = await startLinked(test, key);
    const link = { module: key, values: {} };
    await expect(test.call(key, "Call", to(CONTRACT, operation, link))).rejects.toThrow(
      /Host error: bad dispatch$/,
    );
    expect(provider.calls.map((call) => call.operation)).toEqual(["BindActor"]);
    expect(provider.stops).toBe(0);
  });

  it("is denied when its authorizer says so, and learns no more", async () => {
    const refusing = {
      ...ALLOW_ALL,
      canInvoke: (_claims: unknown, target: { kind: string }) => target.kind === "actor",
    };
    const test = await startTestHost({ configure: (builder) => builder.withAuthorizer(refusing) });
    const key = await startCaller(test);
    const provider = await startLinked(test, key);
    await expect(test.call(key, "Call", to(CONTRACT, "Op"))).rejects.toThrow(
      /Host error: Invocation authorization denied$/,
    );
    expect(provider.calls.map((call) => call.operation)).toEqual(["BindActor"]);
  });

  it("whose claims expire meanwhile is called no more, and calls no more", async () => {
    let now = Date.now();
    const test = await startTestHost({ configure: (builder) => builder.withClock(() => now) });
    const key = await startCaller(test, { expires: Math.floor(now / 1_000) + 60 });
    const provider = await startLinked(test, key);
    // The provider answers after the claims have expired: this call goes on, its next host call would not.
    provider.answer = async ({ payload }) => {
      now += 61_000;
      return payload;
    };
    await test.call(key, "Call", to(CONTRACT, "Op")).catch(() => undefined);
    await expect(test.call(key, "Call", to(CONTRACT, "Op"))).rejects.toMatchObject({
      message: "Invocation failure: Failed to invoke actor: Actor claims have expired",
      details: { reason: "claims.expired" },
    });
    expect(provider.calls.filter((call) => call.operation === "Op")).toHaveLength(1);
  });
});

describe("claims without a list of capabilities", () => {
  it("deny every call of the actor, also to other actors, while an empty list denies only providers", async () => {
    const test = await startTestHost();
    const echo = await test.start("echo");
    const without = await startCaller(test, { capabilities: null });
    const empty = await startCaller(test, { capabilities: [] });
    await expect(test.call(without, "Call", to(echo.key, "Echo", 1))).rejects.toThrow(
      /Host error: Invocation authorization denied$/,
    );
    expect(decode(await test.call(empty, "Call", to(echo.key, "Echo", 1)))).toBe(1);
    expect(decode(await test.call(without, "Grow", { pages: 0 }))).toMatchObject({ grown: 0 });
  });
});

describe("a provider that calls an actor", () => {
  it("gets its answer, by key, without a link or capability", async () => {
    const test = await startTestHost();
    const { key } = await test.start("echo");
    const provider = new RecordingProvider();
    await test.host.startProvider({ descriptor: await newDescriptor(), provider });
    expect(await provider.dispatcher?.dispatch(key, "Echo", Uint8Array.of(5))).toEqual(Uint8Array.of(5));
  });

  it("gets the guest's error with the prefixes of the protocol", async () => {
    const test = await startTestHost();
    const { key } = await test.start("echo");
    const provider = new RecordingProvider();
    await test.host.startProvider({ descriptor: await newDescriptor(), provider });
    await expect(provider.dispatcher?.dispatch(key, "None", new Uint8Array(0))).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
      message: `${GUEST}No handler registered for function "None"`,
    });
  });
});

describe("actors that wait for each other", () => {
  it("are told of the cycle at once, over any number of actors", async () => {
    const test = await startTestHost();
    const [first, second, third] = [
      await startCaller(test),
      await startCaller(test),
      await startCaller(test),
    ];
    const back = to(second, "Call", to(third, "Call", to(first, "Grow", { pages: 0 })));
    await expect(test.call(first, "Call", back)).rejects.toThrow(
      `The call would come back to actor ${first}, which waits for it`,
    );
    expect((await test.host.describe()).actors.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
  });

  it("end from the inside out when time runs out: only the one that hangs is restarted", async () => {
    const test = await startTestHost({ limits: { callDeadlineMs: 2_000 } });
    const [outer, inner] = [await startCaller(test), await startCaller(test)];
    await expect(test.call(outer, "Call", to(inner, "Spin"))).rejects.toThrow(
      /Host error: Failed to invoke actor: The actor did not answer before its deadline and was restarted$/,
    );
    const { actors } = await test.host.describe();
    expect(actors.map(({ key, restarts }) => [key, restarts])).toEqual([
      [outer, 0],
      [inner, 1],
    ]);
    expect(test.events.filter(({ type }) => type === "actor_failed")).toMatchObject([{ actor: inner }]);
    expect(decode(await test.call(inner, "Grow", { pages: 0 }))).toMatchObject({ grown: 0 });
    expect((await test.host.describe()).actors.map(({ restarts }) => restarts)).toEqual([0, 1]);
  });
});

describe("payload limits", () => {
  it("hold for the host's calls, for guests' answers, and for guests' calls", async () => {
    const test = await startTestHost({ limits: { payloadBytes: 1_000 } });
    const key = await startCaller(test);
    await expect(test.host.callActor(key, "Fail", new Uint8Array(1_001))).rejects.toMatchObject({
      message: "Invocation failure: The payload has 1001 bytes; at most 1000 are taken",
    });
    await expect(test.call(key, "Oversize", { bytes: 1_001 })).rejects.toMatchObject({
      details: { reason: "input.too_large" },
    });
    await expect(test.call(key, "HostCallOversize", { bytes: 1_001 })).rejects.toMatchObject({
      details: { reason: "input.too_large" },
    });
    expect(await test.call(key, "Oversize", { bytes: 1_000 })).toHaveLength(1_000);
  });
});
