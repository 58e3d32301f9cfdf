import { Empty, ErrorCode, headers, type NatsConnection } from "nats.ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startDevBroker } from "../../node/lattice/dev-broker.ts";
import { startNatsServer } from "../../node/lattice/nats-server.ts";
import { connectClient } from "../support/nats.ts";
import { connectRaw, type RawNats } from "../support/raw-nats.ts";

const brokers = { "nats-server": startNatsServer, "development broker": startDevBroker };

describe.each(Object.entries(brokers))("%s", (_name, start) => {
  let broker: { readonly webSocketUrl: string; stop(): Promise<void> };
  const open: { close(): unknown }[] = [];

  const client = async (): Promise<NatsConnection> => track(await connectClient(broker.webSocketUrl));
  const raw = async (): Promise<RawNats> => track(await connectRaw(broker.webSocketUrl));
  function track<T extends { close(): unknown }>(connection: T): T {
    open.push(connection);
    return connection;
  }

  beforeAll(async () => {
    broker = await start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  afterAll(() => broker.stop());

  /** Subscribes and collects the texts of what arrives, once the broker knows the subscription. */
  async function collect(nc: NatsConnection, subject: string, options = {}): Promise<string[]> {
    const texts: string[] = [];
    nc.subscribe(subject, { ...options, callback: (_error, message) => void texts.push(message.string()) });
    await nc.flush();
    return texts;
  }

  /** Waits until everything that one client published has reached the other. */
  async function settle(...clients: readonly NatsConnection[]): Promise<void> {
    for (const each of [...clients, ...clients]) await each.flush();
  }

  test("a message reaches the subscribers of its subject and nobody else", async () => {
    const [one, two] = [await client(), await client()];
    const wanted = await collect(one, "a.b");
    const own = await collect(two, "a.b");
    const other = await collect(one, "a.c");
    two.publish("a.b", "hello");
    await settle(two, one);
    expect([wanted, own, other]).toEqual([["hello"], ["hello"], []]);
  });

  test("a client that wants no echo does not get its own messages", async () => {
    const nc = await raw();
    nc.send('CONNECT {"echo":false,"verbose":false}\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n');
    expect(await nc.until("PONG")).not.toContain("MSG");
  });

  test("wildcards match one token or all the rest", async () => {
    const nc = await client();
    const star = await collect(nc, "w.*.z");
    const rest = await collect(nc, "w.>");
    for (const subject of ["w.1.z", "w.1.y", "w.1.2.z", "w"]) nc.publish(subject, subject);
    await settle(nc);
    expect([star, rest]).toEqual([["w.1.z"], ["w.1.z", "w.1.y", "w.1.2.z"]]);
  });

  test("a queue group shares its messages and others get them all", async () => {
    const [one, two] = [await client(), await client()];
    const first = await collect(one, "q.x", { queue: "workers" });
    const second = await collect(two, "q.*", { queue: "workers" });
    const all = await collect(two, "q.x");
    for (let index = 0; index < 100; index += 1) one.publish("q.x", String(index));
    await settle(one, two);
    expect(all).toHaveLength(100);
    expect([...first, ...second].sort()).toEqual([...all].sort());
    expect(Math.min(first.length, second.length)).toBeGreaterThan(10);
  });

  test("a request gets its answer, with headers both ways", async () => {
    const [one, two] = [await client(), await client()];
    two.subscribe("echo", {
      callback: (_error, message) => message.respond(message.data, { headers: message.headers ?? headers() }),
    });
    await two.flush();
    const sent = headers();
    sent.set("Trace", "42");
    const answer = await one.request("echo", "payload", { timeout: 2000, headers: sent });
    expect([answer.string(), answer.headers?.get("Trace")]).toEqual(["payload", "42"]);
  });

  test("a client without headers gets the payload alone", async () => {
    const [plain, nc] = [await raw(), await client()];
    plain.send('CONNECT {"verbose":false}\r\nSUB h 1\r\nPING\r\n');
    await plain.until("PONG");
    const sent = headers();
    sent.set("Trace", "42");
    nc.publish("h", "text", { headers: sent });
    expect(await plain.until("text\r\n")).toContain("MSG h 1 4\r\ntext\r\n");
  });

  test("a request that nobody serves fails at once", async () => {
    const nc = await client();
    const request = nc.request("nobody.home", Empty, { timeout: 2000 });
    await expect(request).rejects.toMatchObject({ code: ErrorCode.NoResponders });
  });

  test("a subscription ends after the messages it asked for", async () => {
    const nc = await client();
    const texts = await collect(nc, "limited", { max: 2 });
    for (const text of ["1", "2", "3"]) nc.publish("limited", text);
    await settle(nc);
    expect(texts).toEqual(["1", "2"]);
    const reply = nc.request("limited", Empty, { timeout: 2000 });
    await expect(reply).rejects.toMatchObject({ code: ErrorCode.NoResponders });
  });

  test("an ended subscription gets nothing more", async () => {
    const [one, two] = [await client(), await client()];
    const texts: string[] = [];
    const subscription = one.subscribe("ended", { callback: (_error, m) => void texts.push(m.string()) });
    await one.flush();
    two.publish("ended", "1");
    await settle(two, one);
    subscription.unsubscribe();
    await one.flush();
    two.publish("ended", "2");
    await settle(two, one);
    expect(texts).toEqual(["1"]);
  });

  test("binary payloads up to the largest arrive whole", async () => {
    const [one, two] = [await client(), await client()];
    const size = one.info?.max_payload ?? 0;
    const sent = new Uint8Array(size).map((_byte, index) => index % 251);
    two.subscribe("big", { callback: (_error, message) => message.respond(message.data) });
    await two.flush();
    const answer = await one.request("big", sent, { timeout: 5000 });
    expect([size, Buffer.compare(answer.data, sent)]).toEqual([1024 * 1024, 0]);
  });

  test("a payload over the limit is refused and ends only the connection it came on", async () => {
    const [nc, other] = [await raw(), await client()];
    nc.send("CONNECT {}\r\nPUB a 1048577\r\n");
    expect(await nc.until("-ERR")).toContain("-ERR 'Maximum Payload Violation'");
    await nc.closed();
    await other.flush();
  });

  test("a client learns the limit and keeps to it", async () => {
    const nc = await client();
    expect(() => nc.publish("a", new Uint8Array(1024 * 1024 + 1))).toThrow("MAX_PAYLOAD_EXCEEDED");
  });

  test.each([
    ["a foreign protocol", "GET / HTTP/1.1\r\n\r\n"],
    ["random bytes", Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 89 + 200) % 256))],
    ["a verb with the wrong words", "CONNECT {}\r\nSUB\r\n"],
    ["a control line without end", `PUB ${"a".repeat(5000)}`],
    ["a payload longer than announced", "CONNECT {}\r\nPUB a 2\r\nabcdef\r\n"],
  ])("garbage ends the connection it came on and no other: %s", async (_what, bytes) => {
    const [nc, other] = [await raw(), await client()];
    nc.send(bytes);
    await nc.closed();
    await other.flush();
  });

  test("commands may be cut anywhere", async () => {
    const nc = await raw();
    for (const byte of 'CONNECT {"verbose":false}\r\nSUB cut 7\r\nPUB cut 5\r\nhe\r\no\r\nPING\r\n')
      nc.send(byte);
    expect(await nc.until("PONG")).toContain("MSG cut 7 5\r\nhe\r\no\r\n");
  });

  test("a verbose client gets a confirmation of each command", async () => {
    const nc = await raw();
    nc.send('CONNECT {"verbose":true}\r\nSUB v 1\r\nPUB other 0\r\n\r\nUNSUB 1\r\nPING\r\n');
    const text = await nc.until("PONG");
    expect(text.match(/\+OK\r\n/g)).toHaveLength(4);
  });

  test("a subject with an empty token cannot be subscribed to", async () => {
    const nc = await raw();
    nc.send('CONNECT {"verbose":false}\r\nSUB a..b 1\r\nPING\r\n');
    expect(await nc.until("PONG")).toContain("-ERR 'Invalid Subject'");
  });

  test("the subscriptions of a lost client are gone", async () => {
    const [one, two] = [await client(), await client()];
    await collect(one, "lost");
    await one.close();
    await expect.poll(() => answerOf(two, "lost"), { timeout: 3000 }).toBe(ErrorCode.NoResponders);
  });

  test("many inboxes at once keep apart", async () => {
    const [one, two] = [await client(), await client()];
    two.subscribe("double", { callback: (_error, message) => message.respond(`${message.string()}!`) });
    await two.flush();
    const requests = Array.from({ length: 200 }, (_, index) =>
      one.request("double", String(index), { timeout: 3000, noMux: index % 2 === 0 }),
    );
    const answers = (await Promise.all(requests)).map((message) => message.string());
    expect(answers).toEqual(requests.map((_request, index) => `${index}!`));
  });
});

describe("what only the development broker promises", () => {
  test("a client that does not answer pings is cut off", async () => {
    const broker = await startDevBroker({ pingIntervalMs: 30 });
    const nc = await connectRaw(broker.webSocketUrl);
    expect(await nc.until("-ERR")).toContain("-ERR 'Stale Connection'");
    await nc.closed();
    await broker.stop();
  });

  test("a client that does not read is cut off", async () => {
    const broker = await startDevBroker();
    const [slow, fast] = [await connectRaw(broker.webSocketUrl), await connectClient(broker.webSocketUrl)];
    slow.send('CONNECT {"verbose":false}\r\nSUB flood 1\r\nPING\r\n');
    await slow.until("PONG");
    slow.pause();
    const payload = new Uint8Array(1024 * 1024);
    for (let index = 0; index < 64; index += 1) {
      fast.publish("flood", payload);
      await fast.flush();
    }
    expect(await answerOf(fast, "flood")).toBe(ErrorCode.NoResponders);
    slow.close();
    await fast.close();
    await broker.stop();
  });

  test("a page of another site cannot connect", async () => {
    const broker = await startDevBroker();
    const origin = "https://elsewhere.example";
    const failure = new Promise((resolve) => {
      new WebSocket(broker.webSocketUrl, { origin }).once("error", (error) => resolve(error.message));
    });
    expect(await failure).toContain("401");
    await broker.stop();
  });

  test("a taken port is an error, and stopping twice is fine", async () => {
    const broker = await startDevBroker();
    const port = Number(new URL(broker.webSocketUrl).port);
    await expect(startDevBroker({ port })).rejects.toMatchObject({ code: "system.port_taken" });
    await broker.stop();
    await broker.stop();
  });
});

/** The error code of a request, or `answered`. */
async function answerOf(nc: NatsConnection, subject: string): Promise<string> {
  try {
    await nc.request(subject, Empty, { timeout: 500 });
    return "answered";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
