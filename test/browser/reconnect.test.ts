import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "@msgpack/msgpack";
import { type NatsServer, startNatsServer } from "../../node/lattice/nats-server.ts";
import { testActor } from "../support/actors.ts";
import { Peer } from "../support/browser/peer.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

const echo = testActor("echo").key;
const ponger = testActor("ponger").key;

/** A nats-server on the ports of another. */
function startAgain({ url, webSocketUrl }: NatsServer): Promise<NatsServer> {
  return startNatsServer({
    port: Number(new URL(url).port),
    webSocketPort: Number(new URL(webSocketUrl).port),
  });
}

test("a tab is back on its lattice by itself after the server was gone for 10 s", async ({ tab }) => {
  const { page } = tab;
  const state = page.getByTestId("lattice-state");
  await tab.startActors("echo");
  let server = await startNatsServer();
  try {
    await joinByDialog(page, server.webSocketUrl);
    const { id } = await tab.describe();

    await test.step("while it is gone the host works for itself", async () => {
      await server.stop();
      await expect(state).toHaveAttribute("data-state", "reconnecting");
      await expect(state).toContainText("Reconnecting");
      await tab.startActors("ponger");
      expect(await tab.call(echo, "Echo", "alone")).toBe("alone");
      await sleep(10_000);
      await expect(state).toHaveAttribute("data-state", "reconnecting");
    });

    server = await startAgain(server);
    await expect(state).toHaveAttribute("data-state", "connected");
    await expect(state).toContainText("Connected to");

    const peer = await Peer.connect(server.webSocketUrl);
    await test.step("old and new actors are callable", async () => {
      expect((await peer.call(echo, "Echo", Uint8Array.of(5))).payload).toEqual(Uint8Array.of(5));
      expect((await peer.call(ponger, "Ping", encode({ value: 1 }))).payload).toEqual(encode({ value: 43 }));
    });
    await test.step("commands are taken and events told", async () => {
      expect(await peer.requestText(peer.subjects.getHosts)).toContain(id);
      const stop = JSON.stringify({ host_id: id, actor_ref: ponger });
      expect(await peer.requestText(peer.subjects.command(id, "sa"), stop)).toBe(`{"failure":null}`);
      await expect
        .poll(() => peer.eventsOf(id).map(({ event }) => event))
        .toContainEqual({ ActorStopped: { actor: ponger } });
    });
    await peer.close();
  } finally {
    await server.stop();
  }
});

test("joining where nobody listens fails in words and leaves the host standalone", async ({ tab }) => {
  const { page } = tab;
  const server = await startNatsServer();
  await server.stop();

  await page.getByTestId("lattice-state").click();
  const dialog = page.getByRole("dialog", { name: "Lattice" });
  await dialog.getByLabel("Servers").fill(server.webSocketUrl);
  await dialog.getByRole("button", { name: "Join" }).click();

  await expect(dialog.getByTestId("join-error")).toHaveAttribute("data-code", "lattice.connect_failed");
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "standalone");
  const again = await startAgain(server);
  await dialog.getByRole("button", { name: "Join" }).click();
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "connected");
  await again.stop();
});

test("a lattice that was left is left for good", async ({ nats, peer, tab }) => {
  const { page } = tab;
  await tab.startActors("echo");
  await joinByDialog(page, nats.webSocketUrl);
  await page.getByTestId("lattice-state").click();
  await page.getByRole("button", { name: "Leave lattice" }).click();
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "standalone");
  await expect(peer.call(echo, "Echo")).rejects.toMatchObject({ code: "503" });
  expect(await tab.call(echo, "Echo", "alone")).toBe("alone");
  await page.keyboard.press("Escape");
  await joinByDialog(page, nats.webSocketUrl);
  expect((await peer.call(echo, "Echo", Uint8Array.of(5))).payload).toEqual(Uint8Array.of(5));
});
