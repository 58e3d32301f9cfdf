import { decodeInvocationResponse, type Entity, encodeInvocation, type LogRecord } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { system } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const echo: Entity = { kind: "actor", id: testActor("echo").key };

/** Bytes that are no message of the lattice: nothing, noise, and lies about what follows. */
const garbage: readonly Uint8Array[] = [
  new Uint8Array(),
  Buffer.from("hello"),
  Buffer.from('{"actor_id":"M"}'),
  Uint8Array.of(0xc1),
  Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x87, 0xa3, 0x6d, 0x73, 0x67, 0xdd, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x87, 0xa3, 0x6d, 0x73, 0x67, 0xc6, 0xff, 0xff, 0xff, 0xff),
  new Uint8Array(100_000).fill(0x91),
  Uint8Array.from({ length: 500 }, (_, index) => (index * 7919) & 0xff),
];

/** Log lines reach the page in batches, so they are awaited. */
async function expectWarnings(log: () => Promise<readonly LogRecord[]>, count: number): Promise<void> {
  const warnings = async () => (await log()).filter(({ level }) => level === "warn" || level === "error");
  await expect.poll(async () => (await warnings()).length).toBeGreaterThanOrEqual(count);
  expect(await warnings()).toHaveLength(count);
}

test("garbage on the subjects of calls is answered, counted and logged once", async ({ nats, peer, tab }) => {
  await tab.startActors("echo");
  const { id } = await tab.startKeyValue();
  await joinByDialog(tab.page, nats.webSocketUrl);
  const log = await tab.followLog();

  for (const subject of [peer.subjectOf(echo), peer.subjects.provider(id, "default")]) {
    for (const bytes of garbage) {
      const { error, payload } = decodeInvocationResponse(await peer.request(subject, bytes));
      expect(error).toBeTruthy();
      expect(payload).toHaveLength(0);
    }
  }
  const call = await peer.sign({
    origin: system,
    target: echo,
    operation: "Echo",
    payload: new Uint8Array(),
  });
  const cut = encodeInvocation(call).slice(0, -10);
  const reply = decodeInvocationResponse(await peer.request(peer.subjectOf(echo), cut));
  expect(reply).toMatchObject({ error: expect.any(String), invocationId: call.id });

  expect((await tab.describe()).counters["lattice.rpc_undecodable"]).toBe(2 * garbage.length + 1);
  expect((await peer.call(echo.id, "Echo", Uint8Array.of(9))).payload).toEqual(Uint8Array.of(9));
  await expectWarnings(log, 1);
});

test("garbage among announcements is counted and logged once, and later ones are heard", async ({
  nats,
  openTab,
  peer,
  tab,
}) => {
  await joinByDialog(tab.page, nats.webSocketUrl);
  const log = await tab.followLog();
  const { claims, links, removedLinks } = peer.subjects;

  for (const subject of [claims, links, removedLinks]) {
    for (const bytes of garbage) await peer.publish(subject, bytes);
  }
  await expect
    .poll(async () => (await tab.describe()).counters["lattice.announcement_undecodable"])
    .toBe(3 * garbage.length);
  await expectWarnings(log, 1);

  const other = await openTab();
  await other.join(nats.webSocketUrl);
  const provider = await other.startKeyValue();
  await other.linkKeyValue("kvcounter", provider.id);
  const row = tab.page.getByTestId(`link-${testActor("kvcounter").key}-wasmcloud:keyvalue-default`);
  await expect(row).toBeVisible();
  const link = [testActor("kvcounter").key, "wasmcloud:keyvalue", "default"] as const;
  await (await other.host()).evaluate(
    (host, [actor, contract, name]) => host.removeLink(actor, contract, name),
    link,
  );
  await expect(row).toBeHidden();
  await other.startActors("ponger");
  await expect.poll(() => peer.requestText(peer.subjects.getClaims)).toContain(testActor("ponger").key);
});

test("garbage on the subjects of control is answered, counted and logged once a command", async ({
  nats,
  peer,
  tab,
}) => {
  await tab.startActors("echo");
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  const log = await tab.followLog();
  const { subjects } = peer;

  for (const bytes of garbage) {
    expect(await peer.requestText(subjects.command(id, "la"), bytes)).toContain(
      "Bad StartActor command received",
    );
    expect(await peer.requestText(subjects.command(id, "sa"), bytes)).toContain("Failed to deserialize");
    expect(await peer.requestText(subjects.getHosts, bytes)).toContain(`"id":"${id}"`);
    expect(await peer.requestText(subjects.getClaims, bytes)).toContain(echo.id);
    expect(await peer.requestText(subjects.getLinks, bytes)).toBe(`{"links":[]}`);
    expect(await peer.requestText(subjects.inventory(id), bytes)).toContain(echo.id);
  }

  expect((await tab.describe()).counters["control.undecodable"]).toBe(2 * garbage.length);
  await expectWarnings(log, 2);
});

test("a message for nobody to answer harms nothing", async ({ nats, peer, tab }) => {
  await tab.startActors("echo");
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  for (const bytes of garbage) {
    await peer.publish(peer.subjectOf(echo), bytes);
    await peer.publish(peer.subjects.command(id, "la"), bytes);
    await peer.publish(peer.subjects.getHosts, bytes);
  }
  expect((await peer.call(echo.id, "Echo", Uint8Array.of(9))).payload).toEqual(Uint8Array.of(9));
  expect(await peer.requestText(peer.subjects.getHosts)).toContain(id);
  expect(await tab.actor("echo")).toMatchObject({ calls: 1 });
});
