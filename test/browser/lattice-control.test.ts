import { testActor } from "../support/actors.ts";
import type { Peer } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const echo = testActor("echo");

/** Waits until an inventory lists what it should, and answers it as it was sent. */
async function inventoryOnce(peer: Peer, hostId: string, part: string): Promise<string> {
  let inventory = "";
  await expect
    .poll(async () => {
      inventory = await peer.requestText(peer.subjects.inventory(hostId));
      return inventory;
    })
    .toContain(part);
  return inventory;
}

test("the host tells who it is, what it runs and whose claims it knows", async ({
  dashboard,
  nats,
  peer,
  tab,
}) => {
  await tab.startActors("echo");
  const url = `${dashboard.url}/actors/ponger.wasm`;
  await (await tab.host()).evaluate((host, address) => host.startActorFrom(address), url);
  const provider = await tab.startKeyValue();
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id, labels, providers } = await tab.describe();
  const ponger = testActor("ponger").key;

  expect(await peer.requestText(peer.subjects.getHosts)).toMatch(
    new RegExp(`^{"id":"${id}","uptime":\\d{1,3}}$`),
  );
  const [extras] = providers;
  expect(await peer.requestText(peer.subjects.inventory(id))).toBe(
    JSON.stringify({
      host_id: id,
      labels,
      actors: [
        { id: echo.key, name: "Echo", revision: 1 },
        { id: ponger, image_ref: url, name: "Ponger", revision: 1 },
      ],
      providers: [
        { id: extras?.id, link_name: "default", name: extras?.name, revision: extras?.revision },
        {
          id: provider.id,
          link_name: "default",
          image_ref: "weblattice:keyvalue-memory",
          name: provider.name,
          revision: provider.revision,
        },
      ],
    }),
  );
  expect(labels).toEqual({
    "hostcore.arch": "wasm32",
    "hostcore.os": "browser",
    "hostcore.osfamily": "browser",
  });
  const [issuer] = (await tab.describe()).actors.map((actor) => actor.issuer);
  expect(await peer.requestText(peer.subjects.getClaims)).toBe(
    JSON.stringify({
      claims: [
        { values: { sub: echo.key, iss: issuer, caps: "wasmcloud:httpserver", rev: "1", version: "0.1.0" } },
        { values: { sub: ponger, iss: issuer, caps: "", rev: "1", version: "0.1.0" } },
      ],
    }),
  );
});

test("a control client starts an actor from an address, once, and stops it", async ({
  dashboard,
  nats,
  peer,
  tab,
}) => {
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  const actor_ref = `${dashboard.url}/actors/echo.wasm`;
  const start = peer.subjects.command(id, "la");
  const stop = peer.subjects.command(id, "sa");
  const command = JSON.stringify({ actor_ref, host_id: id });

  expect(await peer.requestText(start, command)).toBe(
    `{"host_id":"${id}","actor_ref":"${actor_ref}","failure":null}`,
  );
  await inventoryOnce(peer, id, `{"id":"${echo.key}","image_ref":"${actor_ref}","name":"Echo","revision":1}`);
  await expect(tab.page.getByTestId(`actor-${echo.key}`).getByTitle(actor_ref)).toBeVisible();
  expect(await peer.requestText(start, command)).toBe(
    `{"host_id":"${id}","actor_ref":"${actor_ref}","failure":"Actor with image ref '${actor_ref}' is already running on this host"}`,
  );
  expect((await peer.call(echo.key, "Echo", Uint8Array.of(1, 2))).payload).toEqual(Uint8Array.of(1, 2));

  expect(await peer.requestText(stop, JSON.stringify({ host_id: id, actor_ref }))).toBe(`{"failure":null}`);
  await inventoryOnce(peer, id, `"actors":[]`);
  await expect(tab.page.getByTestId(`actor-${echo.key}`)).toBeHidden();
  expect(await peer.requestText(stop, JSON.stringify({ host_id: id, actor_ref: echo.key }))).toBe(
    `{"failure":"Actor is either not running on this host or host controller unresponsive"}`,
  );
});

test("a stopped actor can be started by its address again", async ({ dashboard, nats, peer, tab }) => {
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  const actor_ref = `${dashboard.url}/actors/echo.wasm`;
  for (const round of [1, 2]) {
    await test.step(`round ${round}`, async () => {
      const started = await peer.requestText(
        peer.subjects.command(id, "la"),
        JSON.stringify({ actor_ref, host_id: id }),
      );
      expect(started).toContain(`"failure":null`);
      await inventoryOnce(peer, id, echo.key);
      await peer.requestText(
        peer.subjects.command(id, "sa"),
        JSON.stringify({ host_id: id, actor_ref: echo.key }),
      );
      await inventoryOnce(peer, id, `"actors":[]`);
    });
  }
});

test("undecodable commands are answered with their texts", async ({ nats, peer, tab }) => {
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  for (const garbage of ["", "{", "[]", `{"actor_ref":1,"host_id":"N"}`, `{"host_id":"N"}`]) {
    const started = await peer.requestText(peer.subjects.command(id, "la"), garbage);
    expect(started).toContain(
      `{"host_id":"${id}","actor_ref":"","failure":"Bad StartActor command received: JSON deserialization failure: `,
    );
    expect(await peer.requestText(peer.subjects.command(id, "sa"), garbage)).toBe(
      `{"failure":"Failed to deserialize stop actor command"}`,
    );
  }
  expect((await tab.describe()).counters["control.undecodable"]).toBe(10);
});

test("a start that was acknowledged and failed is seen on the page", async ({
  dashboard,
  nats,
  peer,
  tab,
}) => {
  await joinByDialog(tab.page, nats.webSocketUrl);
  const { id } = await tab.describe();
  const actor_ref = `${dashboard.url}/missing.wasm`;

  expect(
    await peer.requestText(peer.subjects.command(id, "la"), JSON.stringify({ actor_ref, host_id: id })),
  ).toContain(`"failure":null`);

  const log = tab.page.getByTestId("event-log");
  await expect(log.getByRole("listitem").filter({ hasText: "failed" }).first()).toContainText("answered 404");
  await expect(log).toContainText("was acknowledged but not started");
  await inventoryOnce(peer, id, `"actors":[]`);
});
