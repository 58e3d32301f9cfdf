import { beforeAll, describe, expect, test } from "vitest";
import { type Entity, type Invocation, signInvocation } from "../../../src/claims/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import { InboundGuard, type InboundGuardOptions } from "../../../src/lattice/inbound-guard.ts";
import { vectors } from "./lattice-vectors.ts";

const NOW = 1_700_000_000;
const ACTOR: Entity = { kind: "actor", id: vectors.invocation.target.id };
const OTHER_ACTOR: Entity = { kind: "actor", id: "MOTHER" };
const PROVIDER: Entity = {
  kind: "provider",
  id: "VA",
  contractId: "wasmcloud:keyvalue",
  linkName: "default",
};
const SYSTEM: Entity = { kind: "actor", id: "system" };
let host: KeyPair;

function guard(options: Partial<InboundGuardOptions> = {}): InboundGuard {
  const defaults = { toleranceSeconds: 300, replayCapacity: 100, trustedHosts: undefined };
  return new InboundGuard({ ...defaults, now: () => NOW * 1_000, ...options });
}

function call(parts: Partial<Invocation> = {}, iat = NOW): Promise<Invocation> {
  const defaults = { origin: OTHER_ACTOR, target: ACTOR, operation: "Op", payload: new Uint8Array([1]) };
  return signInvocation({ ...defaults, ...parts }, host, { iat });
}

beforeAll(async () => {
  host = await KeyPair.generate("server");
});

describe("a genuine call", () => {
  test("is let through once", async () => {
    const inbound = guard();
    const invocation = await call();
    await inbound.admit(invocation, ACTOR);
    await expect(inbound.admit(invocation, ACTOR)).rejects.toMatchObject({ code: "lattice.replayed" });
    await inbound.admit(await call(), ACTOR);
  });

  test("is let through from system to an actor, and from an actor to a provider", async () => {
    await guard().admit(await call({ origin: SYSTEM }), ACTOR);
    await guard().admit(await call({ target: PROVIDER }), PROVIDER);
  });

  test("of a trusted host is let through, of another not", async () => {
    await guard({ trustedHosts: [host.publicKey] }).admit(await call(), ACTOR);
    await expect(guard({ trustedHosts: ["NOTHER"] }).admit(await call(), ACTOR)).rejects.toMatchObject({
      code: "lattice.forbidden",
      message: "The calling host is not one of the trusted hosts",
    });
  });

  test.each([
    [0, true],
    [300, true],
    [-300, true],
    [301, false],
    [-301, false],
  ])("that is %d seconds old is let through: %s", async (age, passes) => {
    const admitted = guard().admit(await call({}, NOW - age), ACTOR);
    if (passes) await admitted;
    else await expect(admitted).rejects.toMatchObject({ code: "lattice.stale" });
  });
});

describe("a changed call", () => {
  test.each([
    ["payload", { payload: new Uint8Array([2]) }],
    ["operation", { operation: "Other" }],
    ["origin", { origin: SYSTEM }],
    ["id", { id: "another" }],
    ["host", { hostId: "NOTHER" }],
  ])("of another %s is refused", async (_what, change) => {
    await expect(guard().admit({ ...(await call()), ...change }, ACTOR)).rejects.toMatchObject({
      code: "lattice.forged",
    });
  });

  test("does not use up the id of the genuine one", async () => {
    const inbound = guard();
    const invocation = await call();
    await expect(inbound.admit({ ...invocation, operation: "Other" }, ACTOR)).rejects.toThrow();
    await inbound.admit(invocation, ACTOR);
  });

  test("with a token of garbage is refused", async () => {
    await expect(guard().admit({ ...(await call()), token: "a.b.c" }, ACTOR)).rejects.toMatchObject({
      code: "jwt.malformed",
    });
  });
});

describe("a call to somebody else", () => {
  test.each([
    [ACTOR, { target: PROVIDER }, "Actor received invocation that should have been delivered to a provider"],
    [ACTOR, { target: OTHER_ACTOR }, "Invocation target ID did not match actor ID"],
    [PROVIDER, { target: ACTOR }, "Invocation sent to the wrong target"],
    [PROVIDER, { target: { ...PROVIDER, id: "VB" } }, "Invocation target ID did not match provider ID"],
    [
      PROVIDER,
      { target: { ...PROVIDER, contractId: "wasmcloud:other" } },
      "Invocation sent to the wrong target",
    ],
    [PROVIDER, { target: { ...PROVIDER, linkName: "other" } }, "Invocation sent to the wrong target"],
    [PROVIDER, { target: PROVIDER, origin: PROVIDER }, "Attempt to invoke capability from non-actor origin"],
  ] as [Entity, Partial<Invocation>, string][])("%o got %o: %s", async (served, parts, text) => {
    await expect(guard().admit(await call(parts), served)).rejects.toMatchObject({
      code: "dispatch.wrong_target",
      message: text,
    });
  });
});

describe("what never comes from the lattice", () => {
  test.each([
    [ACTOR, { origin: SYSTEM, target: SYSTEM, operation: "__halt" }],
    [ACTOR, { origin: ACTOR, target: ACTOR, operation: "__halt" }],
    [PROVIDER, { origin: PROVIDER, target: PROVIDER, operation: "__halt" }],
    [PROVIDER, { origin: SYSTEM, target: PROVIDER, operation: "BindActor" }],
    [PROVIDER, { origin: SYSTEM, target: PROVIDER, operation: "Get" }],
  ] as [Entity, Partial<Invocation>][])("%o got %o", async (served, parts) => {
    await expect(guard().admit(await call(parts), served)).rejects.toMatchObject({
      code: "lattice.forbidden",
    });
  });
});
