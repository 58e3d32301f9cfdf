import { encode } from "@msgpack/msgpack";
import { type Entity, encodeCapabilityConfiguration, encodeInvocation } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { system } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const counter: Entity = { kind: "actor", id: testActor("kvcounter").key };

test("a repeated call is executed once", async ({ nats, peer, tab }) => {
  await tab.startActors("kvcounter");
  await tab.linkKeyValue("kvcounter", (await tab.startKeyValue()).id);
  await joinByDialog(tab.page, nats.webSocketUrl);
  const call = await peer.sign({
    origin: system,
    target: counter,
    operation: "Count",
    payload: new Uint8Array(),
  });
  expect(await peer.send(call)).toMatchObject({ payload: encode({ counter: 1 }) });

  for (let i = 0; i < 3; i++) {
    expect(await peer.send(call)).toMatchObject({
      error: "The invocation was received before",
      invocationId: call.id,
    });
  }

  expect(await tab.call(counter.id, "Count")).toEqual({ counter: 2 });
  expect((await tab.describe()).counters["lattice.rpc_refused"]).toBe(3);
});

test("repeats at the same moment are executed once too", async ({ nats, peer, tab }) => {
  await tab.startActors("kvcounter");
  await tab.linkKeyValue("kvcounter", (await tab.startKeyValue()).id);
  await joinByDialog(tab.page, nats.webSocketUrl);
  const call = await peer.sign({
    origin: system,
    target: counter,
    operation: "Count",
    payload: new Uint8Array(),
  });
  const bytes = encodeInvocation(call);

  await Promise.all(Array.from({ length: 5 }, () => peer.request(peer.subjectOf(counter), bytes)));

  expect(await tab.call(counter.id, "Count")).toEqual({ counter: 2 });
});

test("the system actor cannot steer a provider over the lattice", async ({ nats, peer, tab }) => {
  await tab.startActors("kvcounter");
  const { id } = await tab.startKeyValue();
  await tab.linkKeyValue("kvcounter", id);
  await joinByDialog(tab.page, nats.webSocketUrl);
  const provider: Entity = { kind: "provider", id, contractId: "wasmcloud:keyvalue", linkName: "default" };
  const configuration = encodeCapabilityConfiguration({ module: counter.id, values: {} });

  for (const operation of ["BindActor", "RemoveActor", "HealthRequest", "Get"]) {
    const call = await peer.sign({ origin: system, target: provider, operation, payload: configuration });
    expect(await peer.send(call)).toMatchObject({
      error: "The system actor cannot call providers over the lattice",
    });
  }
  for (const operation of ["BindActor", "RemoveActor"]) {
    const call = await peer.sign({ origin: counter, target: provider, operation, payload: configuration });
    expect((await peer.send(call)).error).toBe("bad dispatch");
  }
  const other: Entity = { ...provider, contractId: "wasmcloud:messaging" };
  const astray = await peer.sign({
    origin: counter,
    target: other,
    operation: "Get",
    payload: configuration,
  });
  expect((await peer.send(astray)).error).toBe("Invocation sent to the wrong target");

  expect((await tab.describe()).providers.find((each) => each.id === id)?.boundActors).toEqual([counter.id]);
  expect(await tab.call(counter.id, "Count")).toEqual({ counter: 1 });
});

test("an actor without the capability cannot call a provider over the lattice", async ({
  nats,
  peer,
  tab,
}) => {
  await tab.startActors("echo");
  const { id } = await tab.startKeyValue();
  await joinByDialog(tab.page, nats.webSocketUrl);
  const provider: Entity = { kind: "provider", id, contractId: "wasmcloud:keyvalue", linkName: "default" };
  const origin: Entity = { kind: "actor", id: testActor("echo").key };
  const call = await peer.sign({ origin, target: provider, operation: "Get", payload: encode({ key: "a" }) });
  expect((await peer.send(call)).error).toBe("Invocation authorization denied");
});
