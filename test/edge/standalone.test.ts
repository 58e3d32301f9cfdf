import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FEED_PATH, FEED_PROTOCOL, type HostDescription, tokenProtocol } from "../../src/index.ts";
import { latticeSubjects } from "../../src/lattice/index.ts";
import { startAnsweringServer } from "../conformance/answering-server.ts";
import type { CaseOutcome } from "../conformance/outcome.ts";
import { testActor } from "../support/actors.ts";
import { buildWorker } from "../support/edge/build.ts";
import { Watcher } from "../support/edge/feed-socket.ts";
import { rawRequest } from "../support/edge/raw-request.ts";
import { SocketClient } from "../support/edge/socket-client.ts";
import { type StandaloneProcess, serveStandalone } from "../support/edge/standalone.ts";
import { joinedHost, rawClient } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";

const server = useNatsServer();
const folder = "build/edge-test/standalone";
const TOKEN = "only for those who watch";
const UP = { timeout: 6_000, interval: 50 };

beforeAll(() => buildWorker("test/edge/worker/standalone-worker.ts", folder, { runtime: "standalone" }));

describe.each(["deno", "bun"] as const)("the worker of an edge host, served by %s", (runtime) => {
  let served: StandaloneProcess;
  beforeAll(async () => {
    served = await serveStandalone(runtime, `${folder}/worker.js`, {
      NATS_URL: server.current.webSocketUrl,
      LATTICE_PREFIX: runtime,
      HOST_LABELS: `runtime=${runtime}`,
      FEED_TOKEN: TOKEN,
    });
  });
  afterAll(() => served?.stop());

  const readFeed = (token = TOKEN): Promise<SocketClient> =>
    SocketClient.open(served.url + FEED_PATH, { protocols: [FEED_PROTOCOL, tokenProtocol(token)] });
  const json = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await fetch(served.url + path, init)).json();
  const describeHost = async (): Promise<HostDescription> =>
    ((await json("/_describe")) as { value: HostDescription }).value;

  it("hands requests to actors, and problems to clients", async () => {
    expect(await json("/echo/a%20b?x=1", { method: "POST", body: "hello" })).toMatchObject({
      method: "POST",
      path: "/a%20b",
      query_string: "x=1",
      body: [..."hello"].map((letter) => letter.charCodeAt(0)),
    });
    expect(await json("/nothing")).toMatchObject({ status: 404, code: "http.no_route" });
  });

  it("suspends guests that call the host, and loses no count of calls that overlap", async () => {
    expect(await describeHost()).toMatchObject({ hostCalls: "jspi" });
    const answers = await Promise.all(Array.from({ length: 20 }, () => json("/count/many")));
    const counters = answers.map((answer) => (answer as { counter: number }).counter);
    expect(counters.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, place) => place + 1));
  });

  it("has stores and providers that do as every one", async () => {
    const answering = await startAnsweringServer();
    const cases = (await json(`/_demands?origin=${answering.origin}`)) as CaseOutcome[];
    answering.stop();
    expect(cases.length).toBeGreaterThan(80);
    expect(cases.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });

  it("is a member of the lattice that can be listed, called and commanded", async () => {
    const node = await joinedHost(server.current.webSocketUrl, {
      configure: (builder) => builder.withNamespace(runtime),
    });
    const { id } = await describeHost();
    await expect.poll(async () => (await describeHost()).lattice.state, UP).toBe("connected");
    expect(await node.host.control.getHostInventory(id)).toMatchObject({ labels: { runtime } });
    const { key } = testActor("echo");
    expect(Buffer.from(await node.call(key, "Echo", "over the lattice")).toString()).toContain(
      "over the lattice",
    );
    await node.host.control.stopActor(id, key);
    await expect.poll(async () => (await fetch(`${served.url}/echo`)).status, UP).toBe(502);
    await node.host.control.startActor(id, "echo");
    await expect.poll(async () => (await fetch(`${served.url}/echo`)).status, UP).toBe(200);
  });

  it("opens terminals by WebSocket, and closes them as the host or the client says", async () => {
    const connect = (): Promise<SocketClient> => SocketClient.open(`${served.url}/parrot`);
    const first = await connect();
    await first.sees("ready");
    const [high = 0, low = 0] = new TextEncoder().encode("é");
    first.send("hello ");
    first.send(Uint8Array.of(high));
    first.send(Uint8Array.of(low, 13));
    await first.sees("you said hello é\r\n");
    const full = { code: 1013, reason: "The actor has 1 sessions already" };
    expect(await (await connect()).closed).toEqual(full);
    first.close();
    let second = first;
    const isReady = async (): Promise<boolean> => {
      second = await connect();
      return second.sees("ready").then(
        () => true,
        () => false,
      );
    };
    await expect.poll(isReady, UP).toBe(true);
    second.send(new Uint8Array(16_385));
    expect(await second.closed).toEqual({ code: 1009, reason: "A message has at most 16384 characters" });
    const lines = ["GET /parrot HTTP/1.1", "connection: upgrade", "upgrade: websocket"];
    expect(await rawRequest(served.url, lines)).toMatchObject({ status: 400 });
  });

  it("tells those who have the token what happens on the host, and nobody else", async () => {
    const watcher = new Watcher(served.url, TOKEN);
    const { id } = await describeHost();
    expect(await watcher.next()).toMatchObject({ kind: "host", description: { id } });
    watcher.watch.close();
    const reader = await readFeed();
    expect(reader.socket.protocol).toBe(FEED_PROTOCOL);
    reader.close();
    const refused = { status: 401, body: { code: "http.unauthorized" } };
    await expect(readFeed("another token of some length")).rejects.toMatchObject(refused);
  });

  it("refuses what is not in the bundle", async () => {
    expect(await json("/_start?reference=registry.example.com/other:1")).toMatchObject({
      error: { code: "module.not_bundled" },
    });
  });

  it("leaves the lattice when it is closed, and goes on as the same host with what it has kept", async () => {
    const client = await rawClient(server.current.webSocketUrl);
    const { id } = await describeHost();
    const count = (await json("/count/kept")) as { counter: number };
    const events: string[] = [];
    client.subscribe(latticeSubjects(runtime).events, {
      callback: (_error, { data }) => events.push(Buffer.from(data).toString()),
    });
    await client.flush();
    const reader = await readFeed();
    await json("/_restart");
    expect(await reader.closed).toEqual({ code: 1001, reason: "The host was stopped" });
    expect(await json("/count/kept")).toEqual({ counter: count.counter + 1 });
    expect((await describeHost()).id).toBe(id);
    await expect.poll(() => events.filter((event) => event.includes("HostStopped")).length, UP).toBe(1);
    await expect.poll(async () => (await describeHost()).lattice.state, UP).toBe("connected");
  });
});
