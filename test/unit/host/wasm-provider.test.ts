import { decode, encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { nodeProviderWorkerScript } from "../../../node/build/node-worker.ts";
import { providerWebSocket, threadProviderRuntime } from "../../../node/index.ts";
import { KeyPair, MemoryStore, type ProviderGrants, writeProviderArchive } from "../../../src/index.ts";
import { testActor, unsignedTestActor } from "../../support/actors.ts";
import { useModuleServer } from "../../support/module-server.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";

const CONTRACT = "wasmcloud:keyvalue";
const ASKED = { network: ["127.0.0.1"], storage: true };
const caller = testActor("faulty").key;
const server = useModuleServer();
let sockets: WebSocketServer;
beforeAll(() => {
  sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`you said ${data}`)));
});
afterAll(() => {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
});

async function archive(asked: unknown = ASKED) {
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("service")]);
  const bytes = await writeProviderArchive(
    { subject: subject.publicKey, contractId: CONTRACT, vendor: "Tests", name: "Relay", revision: 3 },
    issuer,
    {
      targets: new Map([["wasm32-wapc", unsignedTestActor("relay")]]),
      manifest: new TextEncoder().encode(JSON.stringify(asked)),
    },
  );
  return { bytes, id: subject.publicKey };
}

interface Relay extends TestHost {
  readonly id: string;
  /** Calls an operation of the provider as the linked actor. */
  readonly ask: (operation: string, value?: unknown) => Promise<Uint8Array>;
}

async function relay(grants: ProviderGrants = ASKED, asked: unknown = ASKED): Promise<Relay> {
  const { bytes, id } = await archive(asked);
  server.route("/hello", (_, response) => response.end("hello"));
  const test = await startTestHost({
    limits: { callDeadlineMs: 1_000 },
    configure: (builder) =>
      builder
        .withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript }))
        .withProviderGrants({ webSocket: providerWebSocket })
        .withCallersHeartbeat()
        .withStore(new MemoryStore()),
  });
  await test.host.startProviderArchive(bytes, { grants });
  await test.start("faulty");
  const values = { URL: `${server.origin}/hello` };
  await test.host.setLink({
    actorId: caller,
    providerId: id,
    contractId: CONTRACT,
    linkName: "default",
    values,
  });
  const ask = (operation: string, value?: unknown): Promise<Uint8Array> =>
    test.call(caller, "Call", {
      target: CONTRACT,
      operation,
      payload: value instanceof Uint8Array ? value : value === undefined ? new Uint8Array(0) : encode(value),
    });
  return { ...test, id, ask };
}

describe("a provider that is a waPC guest", () => {
  it("is linked, makes requests, keeps data, and is asked for its health", async () => {
    const { ask, host, id } = await relay();
    expect(decode(await ask("Get"))).toMatchObject({
      statusCode: 200,
      body: new Uint8Array(Buffer.from("hello")),
    });
    expect(decode(await ask("Count"))).toEqual({ count: 1 });
    expect(decode(await ask("Count"))).toEqual({ count: 2 });
    await host.beat();
    expect((await host.describe()).providers.at(-1)).toMatchObject({
      ...{ id, contractId: CONTRACT, name: "Relay", revision: 3, authority: ASKED, boundActors: [caller] },
      health: { state: "running" },
    });
    await host.removeLink(caller, CONTRACT, "default");
    expect((await host.describe()).providers.at(-1)?.boundActors).toEqual([]);
  });

  it("talks over a WebSocket, and tells an actor what it hears, until it is stopped", async () => {
    const { ask, host, id } = await relay();
    const { port } = sockets.address() as { port: number };
    await ask("Connect", { url: `ws://127.0.0.1:${port}` });
    await ask("Say", new TextEncoder().encode("hello"));
    await vi.waitFor(() =>
      expect(host.actorLog(caller).map(({ message }) => message)).toContain("heard you said hello"),
    );
    await host.stopProvider(id, "default");
    await vi.waitFor(() => expect(sockets.clients.size).toBe(0));
  });

  it("hears of its WebSockets from the host alone", async () => {
    const { ask } = await relay();
    const forged = { socket: 1, isText: true, data: new TextEncoder().encode("forged") };
    await expect(ask("SocketMessage", forged)).rejects.toThrow("bad dispatch");
    await expect(ask("SocketClosed", { socket: 1, code: 1_000, reason: "" })).rejects.toThrow("bad dispatch");
  });

  it("that gets stuck is given a new instance, which knows the links again", async () => {
    const { ask, log } = await relay();
    await expect(ask("Spin")).rejects.toThrow();
    await vi.waitFor(() => expect(JSON.stringify(log.records())).toContain("instance was thrown away"));
    expect(decode(await ask("Get"))).toMatchObject({ statusCode: 200 });
    expect(decode(await ask("Count"))).toEqual({ count: 1 });
  });

  it("reaches nothing that it was not granted", async () => {
    const { ask } = await relay({}, {});
    await expect(ask("Get")).rejects.toThrow(/not among the allowed hosts/);
    await expect(ask("Count")).rejects.toThrow(/granted no storage/);
    await expect(ask("Connect", { url: "ws://127.0.0.1:1/" })).rejects.toThrow(/not among the allowed hosts/);
    await expect(ask("Reach", { namespace: "wasmcloud:keyvalue" })).rejects.toThrow(
      /A provider cannot call wasmcloud:keyvalue/,
    );
    await expect(ask("Nonsense")).rejects.toThrow(/No handler registered/);
  });

  it("is refused where it is not granted what it asks for, or is no guest", async () => {
    await expect(relay({})).rejects.toMatchObject({ code: "provider.not_granted" });
    const { host } = await relay();
    const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("service")]);
    const broken = await writeProviderArchive(
      { subject: subject.publicKey, contractId: CONTRACT, vendor: "Tests", name: "Broken" },
      issuer,
      { targets: new Map([["wasm32-wapc", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]]) },
    );
    await expect(host.startProviderArchive(broken)).rejects.toMatchObject({ code: "module.no_guest_call" });
    expect((await host.describe()).providers).toHaveLength(2);
  });
});
