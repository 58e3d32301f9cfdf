import { readFileSync } from "node:fs";
import {
  decodeInvocationResponse,
  encodeInvocation,
  KeyPair,
  signActorModule,
  signInvocation,
} from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { system } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

interface RecordedCall {
  readonly hex: string;
  readonly target: { readonly kind: "actor"; readonly id: string };
  readonly operation: string;
  readonly payload: string;
  readonly id: string;
  readonly token: string;
  readonly hostId: string;
}
interface Vectors {
  readonly invocation: RecordedCall;
  readonly responses: readonly { readonly hex: string; readonly invocationId: string }[];
}
interface Keys {
  readonly pairs: readonly { readonly seed: string; readonly publicKey: string }[];
}

const recorded = read<Vectors>("lattice").invocation;
const recordedBytes = Buffer.from(recorded.hex, "hex");
const recordedReply = read<Vectors>("lattice").responses.find(
  ({ invocationId }) => invocationId === recorded.id,
)?.hex;

function read<T>(vectors: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${vectors}.json`, import.meta.url), "utf8")) as T;
}

/** The recorded host's identity: its seed is in the protocol document. */
function recordedHost(): Promise<KeyPair> {
  const pair = read<Keys>("keys").pairs.find(({ publicKey }) => publicKey === recorded.hostId);
  return KeyPair.fromSeed(pair?.seed ?? "");
}

/** Starts the echo under the key that the recorded call is for. */
async function startRecordedActor(tab: Tab): Promise<void> {
  const unsigned = readFileSync(new URL("../../build/actors/unsigned/echo.wasm", import.meta.url));
  const issuer = await KeyPair.generate("account");
  const claims = { subject: recorded.target.id, name: "Recorded", capabilities: [] };
  await tab.startModule(await signActorModule(unsigned, claims, issuer));
}

test("the recorded call is decoded, and refused for its age", async ({ nats, peer, tab }) => {
  await startRecordedActor(tab);
  await joinByDialog(tab.page, nats.webSocketUrl);
  expect(recordedBytes).toHaveLength(878);

  const reply = await peer.request(peer.subjects.actor(recorded.target.id), recordedBytes);

  expect(decodeInvocationResponse(reply)).toEqual({
    payload: new Uint8Array(),
    error: "The time of the invocation token is too far from this host's time",
    invocationId: recorded.id,
  });
  expect((await tab.describe()).counters["lattice.rpc_refused"]).toBe(1);
});

test("the same call signed now is answered with the recorded bytes", async ({ nats, peer, tab }) => {
  await startRecordedActor(tab);
  await joinByDialog(tab.page, nats.webSocketUrl);
  const call = {
    origin: system,
    target: recorded.target,
    operation: recorded.operation,
    payload: Buffer.from(recorded.payload, "hex"),
  };
  const bytes = encodeInvocation(await signInvocation(call, await recordedHost(), { id: recorded.id }));
  const tokenAt = recordedBytes.indexOf(recorded.token);
  const tokenEnd = tokenAt + recorded.token.length;
  expect(bytes).toHaveLength(878);
  expect(Buffer.from(bytes.subarray(0, tokenAt))).toEqual(recordedBytes.subarray(0, tokenAt));
  expect(Buffer.from(bytes.subarray(tokenEnd))).toEqual(recordedBytes.subarray(tokenEnd));

  const reply = await peer.request(peer.subjects.actor(recorded.target.id), bytes);

  expect(Buffer.from(reply).toString("hex")).toBe(recordedReply);
  expect(reply).toHaveLength(91);
});

test("a control client calls an actor, and hears of its failures", async ({ nats, peer, tab }) => {
  const echo = testActor("echo").key;
  const faulty = testActor("faulty").key;
  await tab.startActors("echo", "faulty");
  await joinByDialog(tab.page, nats.webSocketUrl);
  const payload = Uint8Array.from({ length: 1_000 }, (_, index) => index);

  expect(await peer.call(echo, "Echo", payload)).toMatchObject({ payload });
  expect(await peer.call(echo, "Nonsense")).toMatchObject({
    payload: new Uint8Array(),
    error: `Failed to invoke actor: Guest call failure: No handler registered for function "Nonsense"`,
  });
  expect((await peer.call(faulty, "Trap")).error).toContain("unreachable");
  expect(await tab.actor("echo")).toMatchObject({ calls: 2, failures: 1 });
});

test("an actor started or stopped after the join is callable from then or no more", async ({
  nats,
  peer,
  tab,
}) => {
  const { key } = testActor("echo");
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  await tab.startActors("echo");
  await peer.hasHeardOf(id);
  expect((await peer.call(key, "Echo", Uint8Array.of(7))).payload).toEqual(Uint8Array.of(7));

  await (await tab.host()).evaluate((host, actor) => host.stopActor(actor), key);
  await peer.hasHeardOf(id);

  await expect(peer.call(key, "Echo")).rejects.toMatchObject({ code: "503" });
});
