import type { NatsConnection } from "nats.ws";
import { describe, expect, test, vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { startNatsServer } from "../../node/lattice/nats-server.ts";
import { connectNats, type LatticeConnection } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { json, listen, nextEvent, rawClient, startLatticeHost, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { startTestHost } from "../support/node-host.ts";

const server = useNatsServer();
const connect = (): Promise<LatticeConnection> =>
  connectNats({ servers: server.current.webSocketUrl, webSocketFactory });

/** Resolves when the host answers again; the answer comes behind all its subscriptions. */
async function answers(raw: NatsConnection, hostId: string): Promise<void> {
  await vi.waitFor(() => raw.request(subjects.inventory(hostId), undefined, { timeout: 2_000 }), 5_000);
}

describe("a host built with connections", () => {
  test("is a member of both planes from its start, and leaves the connections open", async () => {
    const connection = await connect();
    const raw = await rawClient(server.current.webSocketUrl);
    const events = await listen(raw, "wasmbus.ctl.built.events");
    const { host } = await startTestHost({
      configure: (builder) =>
        builder.withRpcClient(connection).withControlClient(connection).withNamespace("built"),
    });
    const { id } = host;
    expect((await host.describe()).lattice).toMatchObject({ state: "connected", namespace: "built" });
    expect(await nextEvent(events, id, "HostStarted")).toContain('"event":"HostStarted"');
    expect(json((await raw.request("wasmbus.ctl.built.get.hosts")).data)).toMatchObject({ id });
    await host.stop();
    expect(await nextEvent(events, id, "HostStopped")).toContain('"event":"HostStopped"');
    expect(connection.state).toBe("connected");
    await connection.close();
  });

  test("for calls alone answers calls and no commands", async () => {
    const connection = await connect();
    const { host, start } = await startTestHost({
      configure: (builder) => builder.withRpcClient(connection),
    });
    const { key } = await start("echo");
    const raw = await rawClient(server.current.webSocketUrl);
    await connection.flush();
    expect((await raw.request(subjects.actor(key), undefined)).data.length).toBeGreaterThan(0);
    await expect(raw.request(subjects.getHosts)).rejects.toMatchObject({ code: "503" });
    await host.stop();
    await connection.close();
  });

  test("for control alone answers commands and no calls", async () => {
    const connection = await connect();
    const { host, start } = await startTestHost({
      configure: (builder) => builder.withControlClient(connection),
    });
    const { key } = await start("echo");
    const raw = await rawClient(server.current.webSocketUrl);
    expect(json((await raw.request(subjects.inventory(host.id))).data)).toMatchObject({
      actors: [{ id: key }],
    });
    await expect(raw.request(subjects.actor(key))).rejects.toMatchObject({ code: "503" });
    await host.stop();
    await connection.close();
  });

  test("of which one is closed does not start, and is stopped", async () => {
    const connection = await connect();
    await connection.close();
    const starting = startTestHost({ configure: (builder) => builder.withRpcClient(connection) });
    await expect(starting).rejects.toMatchObject({ code: "lattice.not_connected" });
  });
});

describe("a member whose server goes away", () => {
  test("says so, works on alone, and is back on the same port, subscriptions and all", async () => {
    const first = await startNatsServer();
    const port = Number(new URL(first.url).port);
    const webSocketPort = Number(new URL(first.webSocketUrl).port);
    const { host, start, call, events, sockets, join } = await startLatticeHost();
    await join(first.webSocketUrl);
    const { key } = await start("echo");
    const states = (): string[] =>
      events.flatMap((event) => (event.type === "lattice_changed" ? [event.state] : []));
    await first.stop();
    await vi.waitFor(async () => expect((await host.describe()).lattice.state).toBe("reconnecting"));
    expect(await call(key, "Echo", 1)).toHaveLength(1);
    await expect(call(testActor("ponger").key, "Ping", {})).rejects.toThrow(
      "RPC error: Not connected to the lattice",
    );
    const kv = await start("kvcounter");
    const again = await startNatsServer({ port, webSocketPort });
    try {
      await vi.waitFor(async () => expect((await host.describe()).lattice.state).toBe("connected"), 5_000);
      const raw = await rawClient(again.webSocketUrl);
      await answers(raw, host.id);
      for (const subject of [subjects.getHosts, subjects.actor(key), subjects.actor(kv.key)]) {
        await raw.request(subject, undefined, { timeout: 2_000 });
      }
      expect(states()).toEqual(["connecting", "connected", "reconnecting", "connected"]);
      await host.stop();
      await sockets.closed();
    } finally {
      await again.stop();
    }
  });

  test("is told what happened meanwhile: it announces again what runs there", async () => {
    const first = await startNatsServer();
    const port = Number(new URL(first.url).port);
    const webSocketPort = Number(new URL(first.webSocketUrl).port);
    const { host, start, sockets, join } = await startLatticeHost();
    // The way back is open only once somebody listens to what is announced.
    let isOpen = true;
    const webSocketFactory = (url: string): ReturnType<typeof sockets.factory> =>
      sockets.factory(isOpen ? url : "ws://127.0.0.1:1");
    await join(first.webSocketUrl, { webSocketFactory });
    isOpen = false;
    await first.stop();
    await vi.waitFor(async () => expect((await host.describe()).lattice.state).toBe("reconnecting"));
    const { key } = await start("echo");
    const again = await startNatsServer({ port, webSocketPort });
    try {
      const raw = await rawClient(again.webSocketUrl);
      const claims = await listen(raw, subjects.claims);
      isOpen = true;
      await vi.waitFor(async () => expect((await host.describe()).lattice.state).toBe("connected"), 5_000);
      await answers(raw, host.id);
      await raw.request(subjects.actor(key), undefined, { timeout: 2_000 });
      expect(await claims.next((data) => (Buffer.from(data).includes(key) ? true : undefined))).toBe(true);
    } finally {
      await host.stop();
      await again.stop();
    }
    await sockets.closed();
  });

  test("can be stopped while the server is away", async () => {
    const gone = await startNatsServer();
    const { host, sockets, join } = await startLatticeHost();
    await join(gone.webSocketUrl);
    await gone.stop();
    await vi.waitFor(async () => expect((await host.describe()).lattice.state).toBe("reconnecting"));
    await host.stop();
    await sockets.closed();
  });
});

test("a host that never joined has no connection at all", async () => {
  const { host, sockets } = await startLatticeHost();
  await host.leaveLattice();
  await sockets.closed();
});
