import { type Entity, encodeInvocation, type Invocation, KeyPair, signInvocation } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { type Peer, system } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const echo: Entity = { kind: "actor", id: testActor("echo").key };
const ponger: Entity = { kind: "actor", id: testActor("ponger").key };
const forged = "WebAssembly module authorization failure: ";

/** Calls of the echo that reached it. */
async function callsOfEcho(tab: Tab): Promise<number | undefined> {
  return (await tab.actor("echo"))?.calls;
}

/** A genuine call of the echo. */
function genuine(peer: Peer, target: Entity = echo): Promise<Invocation> {
  return peer.sign({ origin: system, target, operation: "Echo", payload: Uint8Array.of(1, 2, 3) });
}

test.beforeEach(async ({ nats, tab }) => {
  await tab.startActors("echo", "ponger");
  await joinByDialog(tab.page, nats.webSocketUrl);
});

test.afterEach(async ({ peer, tab }) => {
  expect(await callsOfEcho(tab), "no refused call reached the actor").toBe(0);
  expect(await peer.send(await genuine(peer)), "and it answers").toMatchObject({
    payload: Uint8Array.of(1, 2, 3),
  });
});

test("a forged token is refused", async ({ peer }) => {
  const call = await genuine(peer);
  const stranger = await KeyPair.generate("server");
  const byStranger = await signInvocation(call, stranger, { id: call.id });
  const unsigned = `${call.token.split(".").slice(0, 2).join(".")}.${byStranger.token.split(".")[2]}`;

  expect(await peer.send({ ...call, token: unsigned })).toMatchObject({
    error: `${forged}Invocation claims signature invalid`,
    invocationId: call.id,
  });
  expect(await peer.send({ ...byStranger, hostId: peer.key.publicKey })).toMatchObject({
    error: `${forged}Invocation claims issuer does not match invocation host`,
  });
  for (const token of ["", "not.a.token", "a.b", call.token.slice(0, -20)]) {
    expect((await peer.send({ ...call, token })).error).toBeTruthy();
  }
});

test("a changed payload, operation, origin or id is refused", async ({ peer }) => {
  const call = await genuine(peer);
  const changes: readonly Partial<Invocation>[] = [
    { payload: Uint8Array.of(1, 2, 4) },
    { operation: "HandleRequest" },
    { origin: ponger },
  ];
  for (const change of changes) {
    expect(await peer.send({ ...call, ...change })).toMatchObject({
      error: `${forged}Invocation hash does not match signed claims hash`,
    });
  }
  expect(await peer.send({ ...call, id: crypto.randomUUID() })).toMatchObject({
    error: `${forged}Subject of invocation claims token does not match invocation ID`,
  });
});

test("a call for another actor is refused on this one's subject", async ({ peer }) => {
  const subject = peer.subjectOf(echo);
  expect(await peer.send(await genuine(peer, ponger), subject)).toMatchObject({
    error: "Invocation target ID did not match actor ID",
  });
  const provider: Entity = {
    kind: "provider",
    id: "V",
    contractId: "wasmcloud:keyvalue",
    linkName: "default",
  };
  expect(await peer.send(await genuine(peer, provider), subject)).toMatchObject({
    error: "Actor received invocation that should have been delivered to a provider",
  });
});

test("nobody can halt an actor by a message", async ({ peer }) => {
  const halt = (origin: Entity, target: Entity): Promise<Invocation> =>
    peer.sign({ origin, target, operation: "__halt", payload: new Uint8Array() });
  for (const invocation of [await halt(system, system), await halt(echo, echo), await halt(system, echo)]) {
    expect(await peer.send(invocation, peer.subjectOf(echo))).toMatchObject({
      error: "Nothing can be halted over the lattice",
      invocationId: invocation.id,
    });
  }
});

test("calls from long ago and from far ahead are refused", async ({ peer }) => {
  const now = Math.floor(Date.now() / 1_000);
  for (const iat of [now - 3_600, now + 3_600]) {
    const call = await signInvocation(await genuine(peer), peer.key, { iat });
    expect(await peer.send(call)).toMatchObject({
      error: "The time of the invocation token is too far from this host's time",
    });
  }
});

test("a call without a reply subject is not executed", async ({ peer, tab }) => {
  await peer.publish(peer.subjectOf(echo), encodeInvocation(await genuine(peer)));
  await expect.poll(async () => (await tab.describe()).counters["lattice.rpc_without_reply"]).toBe(1);
});
