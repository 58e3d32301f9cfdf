import { testActor } from "../support/actors.ts";
import type { Peer } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const echo = testActor("echo");
const faulty = testActor("faulty");

interface Heartbeat {
  readonly claims: readonly { readonly sub: string }[];
  readonly entities: Readonly<Record<string, unknown>>;
}

/** The heartbeats of a host. */
function heartbeatsOf(peer: Peer, hostId: string): readonly Heartbeat[] {
  return peer.eventsOf(hostId).flatMap(({ event }) => heartbeatIn(event) ?? []);
}

function heartbeatIn(event: unknown): Heartbeat | undefined {
  if (typeof event !== "object" || event === null || !("Heartbeat" in event)) return undefined;
  return event.Heartbeat as Heartbeat;
}

/** The events of a host but for heartbeats, as text, each with its header checked and cut off. */
function storyOf(peer: Peer, hostId: string): string[] {
  return peer
    .eventsOf(hostId)
    .filter(({ event }) => heartbeatIn(event) === undefined)
    .map(({ text, header }) => {
      expect(Math.abs(header.timestamp - Date.now() / 1_000)).toBeLessThan(60);
      const end = `,"header":{"host_origin":"${hostId}","timestamp":${header.timestamp}}}`;
      expect(text.endsWith(end)).toBe(true);
      return text.slice(0, -end.length);
    });
}

test("joining, starting, stopping and leaving are told in the bytes of the protocol", async ({
  dashboard,
  nats,
  peer,
  tab,
}) => {
  const { page } = tab;
  const { id } = await tab.describe();
  const url = `${dashboard.url}/actors/ponger.wasm`;
  const ponger = testActor("ponger").key;

  await joinByDialog(page, nats.webSocketUrl);
  await tab.startActors("echo");
  await (await tab.host()).evaluate((host, address) => host.startActorFrom(address), url);
  const provider = await tab.startKeyValue();
  await (await tab.host()).evaluate((host, key) => host.stopActor(key), echo.key);
  await page.getByTestId("lattice-state").click();
  await page.getByRole("button", { name: "Leave lattice" }).click();
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "standalone");

  await expect
    .poll(() => storyOf(peer, id))
    .toEqual([
      `{"event":"HostStarted"`,
      `{"event":{"ActorStarted":{"actor":"${echo.key}","image_ref":null}}`,
      `{"event":{"ActorStarted":{"actor":"${ponger}","image_ref":"${url}"}}`,
      `{"event":{"ProviderStarted":{"contract_id":"wasmcloud:keyvalue","link_name":"default","provider_id":"${provider.id}","image_ref":"weblattice:keyvalue-memory"}}`,
      `{"event":{"ActorStopped":{"actor":"${echo.key}"}}`,
      `{"event":"HostStopped"`,
    ]);
});

test("heartbeats carry the claims and the state of everything on the host", async ({
  nats,
  openTab,
  peer,
}) => {
  const tab = await openTab({ query: { heartbeatMs: 500, callDeadlineMs: 3_000 } });
  await tab.startActors("echo", "faulty");
  const provider = await tab.startKeyValue();
  const { id, providers } = await tab.describe();
  const extras = providers.find((each) => each.contractId === "wasmcloud:extras")?.id ?? "";
  await joinByDialog(tab.page, nats.webSocketUrl);
  const everyone = {
    [echo.key]: "Running",
    [faulty.key]: "Running",
    [extras]: "Running",
    [provider.id]: "Running",
  };

  await test.step("while all is well", async () => {
    await expect.poll(() => heartbeatsOf(peer, id)[0]?.entities).toEqual(everyone);
    const [first] = heartbeatsOf(peer, id);
    expect(first?.claims.map(({ sub }) => sub)).toEqual([echo.key, faulty.key]);
    expect(JSON.stringify(first?.claims[0])).toMatch(
      /^{"jti":"\w{22}","iat":\d{10},"iss":"A\w{55}","sub":"M\w{55}","wascap":{"name":"Echo","hash":"[0-9A-F]{64}","tags":\["example"\],"caps":\["wasmcloud:httpserver"\],"rev":1,"ver":"0.1.0","prov":false}}$/,
    );
  });
  await test.step("while one does not answer", async () => {
    const spinning = tab.ask(faulty.key, "Spin");
    const unhealthy = { Unhealthy: "No successful health check response from target" };
    await Promise.all([
      expect(tab.page.getByTestId(`actor-${faulty.key}`)).toContainText("Unhealthy"),
      expect
        .poll(() => heartbeatsOf(peer, id).map(({ entities }) => entities))
        .toContainEqual({ ...everyone, [faulty.key]: unhealthy }),
    ]);
    expect(await spinning).toMatchObject({ ok: false });
  });
  await test.step("and after it was restarted", async () => {
    await expect.poll(() => heartbeatsOf(peer, id).at(-1)?.entities).toEqual(everyone);
    await expect(tab.page.getByTestId(`actor-${faulty.key}`)).not.toContainText("Unhealthy");
  });
});

test("what ran before the join is told on joining", async ({ nats, peer, tab }) => {
  await tab.startActors("echo");
  const { id } = await tab.describe();
  await joinByDialog(tab.page, nats.webSocketUrl);
  await expect
    .poll(() => storyOf(peer, id))
    .toEqual([
      `{"event":"HostStarted"`,
      `{"event":{"ActorStarted":{"actor":"${echo.key}","image_ref":null}}`,
    ]);
});

test("a stopped host says so", async ({ nats, peer, tab }) => {
  const { id } = await tab.describe();
  await joinByDialog(tab.page, nats.webSocketUrl);
  await (await tab.host()).evaluate((host) => host.stop());
  await expect.poll(() => storyOf(peer, id)).toEqual([`{"event":"HostStarted"`, `{"event":"HostStopped"`]);
  await expect(peer.requestText(peer.subjects.getHosts)).rejects.toMatchObject({ code: "503" });
});
