import { encode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import { type Entity, encodeInvocation, type Invocation, type InvocationResponse } from "../../src/index.ts";
import { joinedHost, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { signed } from "../unit/actors/signing.ts";
import { bytes, hex, vectors } from "../unit/lattice/lattice-vectors.ts";
import { newDescriptor, RecordingProvider } from "../unit/providers/recording-provider.ts";
import { CALLER, ECHO, SYSTEM, useAttack } from "./attack.ts";

const attack = useAttack();

describe("a provider", () => {
  const contractId = "wasmcloud:keyvalue";
  let provider: RecordingProvider;
  let target: Entity & { kind: "provider" };
  beforeEach(async () => {
    const descriptor = await newDescriptor(contractId);
    provider = new RecordingProvider();
    await attack.current.member.host.startProvider({ descriptor, provider });
    target = { kind: "provider", id: descriptor.id, contractId, linkName: "default" };
    await attack.current.member.synced();
  });
  const sendTo = async (parts: Partial<Invocation>): Promise<InvocationResponse> =>
    attack.current.send(
      encodeInvocation(await attack.current.genuine({ target, ...parts })),
      subjects.provider(target.id, "default"),
    );

  test("is not bound, removed, asked or halted by the system actor from afar", async () => {
    const link = encode({ module: CALLER.id, values: {} });
    for (const operation of ["BindActor", "RemoveActor", "HealthRequest", "Get"]) {
      expect((await sendTo({ origin: SYSTEM, operation, payload: link })).error).toBe(
        "The system actor cannot call providers over the lattice",
      );
    }
    expect((await sendTo({ origin: target, operation: "__halt" })).error).toBe(
      "Nothing can be halted over the lattice",
    );
    expect([provider.calls, provider.stops]).toEqual([[], 0]);
  });

  test.each(["BindActor", "RemoveActor"])("is not told %s by an actor from afar", async (operation) => {
    const payload = encode({ module: CALLER.id, values: {} });
    expect((await sendTo({ operation, payload })).error).toBe("bad dispatch");
    expect(provider.calls).toEqual([]);
  });

  test("is not called by another provider, nor under another contract, link name or key", async () => {
    expect((await sendTo({ origin: target })).error).toBe(
      "Attempt to invoke capability from non-actor origin",
    );
    for (const other of [{ contractId: "wasmcloud:other" }, { linkName: "other" }]) {
      expect((await sendTo({ target: { ...target, ...other } })).error).toBe(
        "Invocation sent to the wrong target",
      );
    }
    expect((await sendTo({ target: { ...target, id: "VB" } })).error).toBe(
      "Invocation target ID did not match provider ID",
    );
    expect((await sendTo({ target: ECHO })).error).toBe("Invocation sent to the wrong target");
    expect(provider.calls).toEqual([]);
  });

  test("is called by actors of other hosts, unless their claims are known to lack the contract", async () => {
    expect((await sendTo({ operation: "Get" })).error).toBeUndefined();
    // pinger's claims have no key-value capability.
    await attack.current.member.start("pinger");
    expect((await sendTo({ operation: "Get" })).error).toBe("Invocation authorization denied");
    expect(provider.calls).toHaveLength(1);
  });
});

describe("the recorded call of protocol section 3.8", () => {
  test("sent as its 878 bytes is answered with the recorded 91", async () => {
    const { target, hex: recorded } = vectors.invocation;
    const at = 1_620_000_000_000;
    const past = await joinedHost(attack.current.url, { configure: (b) => b.withClock(() => at) });
    await past.host.startActor((await signed("echo", { subject: target.id, issuedAt: 1 })).bytes);
    await past.synced();
    const reply = await attack.current.raw.request(subjects.actor(target.id), bytes(recorded), {
      timeout: 3_000,
    });
    const [answer] = vectors.responses.filter(({ invocationId }) => invocationId === vectors.invocation.id);
    expect(hex(reply.data)).toBe(answer?.hex);
  });
});

describe("an answer that is too large for the lattice", () => {
  const small = useNatsServer({ config: "max_payload: 65536" });

  test("is replaced by an error that says so, and the actor runs on", async () => {
    const there = await joinedHost(small.current.webSocketUrl);
    const here = await joinedHost(small.current.webSocketUrl);
    const { key } = await there.start("faulty");
    await expect(here.call(key, "Oversize", { bytes: 100_000 })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Invocation failure: The message of \d+ bytes is larger than the 65536 bytes/,
      ),
    });
    expect(await here.call(key, "Oversize", { bytes: 1_000 })).toHaveLength(1_000);
    await expect(here.host.callActor(key, "Log", new Uint8Array(100_000))).rejects.toMatchObject({
      details: { reason: "lattice.payload_too_large" },
    });
  });
});
