import { afterEach, beforeAll, expect, it } from "vitest";
import { testActor } from "../../support/actors.ts";
import type { EdgeWorker } from "../../support/edge/edge-worker.ts";
import { SocketClient, type SocketClientOptions } from "../../support/edge/socket-client.ts";

const EDGE_TELNET_ID = "VDDUFAOE7IAPZX6AP5OZHLZKF6STM2PTZHF3CAV2JSZ4JRKNLCUHMYGB";
const parrot = testActor("parrot");

let edge: EdgeWorker;

/** Registers the tests of terminals for the worker that runs then. */
export function terminalTests(worker: () => EdgeWorker): void {
  beforeAll(() => {
    edge = worker();
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await Promise.all(clients.map(({ closed }) => closed));
    clients.length = 0;
  });

  it("is greeted, types, and is shown what the actor says", async () => {
    const client = await connect();
    await client.sees("ready");
    client.send("hello\r");
    await client.sees("you said hello\r\n");
    expect(client.text).toBe("Welcome\n\rready\r\nhello\r\nyou said hello\r\n");
  });

  it("may send binary messages that part a character", async () => {
    const client = await connect("/polly/");
    const bytes = new TextEncoder().encode("é\r");
    client.send(bytes.subarray(0, 1));
    client.send(bytes.subarray(1));
    await client.sees("you said é\r\n");
  });

  it("that closes ends its session, and gives way to others", async () => {
    const four = await Promise.all([1, 2, 3, 4].map(() => connect()));
    for (const client of four) await client.sees("ready");
    const late = await connect();
    expect(await late.closed).toEqual({ code: 1013, reason: "The actor has 4 sessions already" });
    const [first] = four;
    first?.close();
    expect((await first?.closed)?.code).toBe(1000);
    await (await connect()).sees("ready");
  });
}

/** Those that do not depend on the runtime's date; they change links. */
export function moreTerminalTests(): void {
  it.each([
    ["a message that is too long", "x".repeat(16_385), 1009],
    ["a binary message that is too long", new Uint8Array(16_385), 1009],
    ["bytes that are no text", Uint8Array.of(0x61, 0xff), 1007],
    ["a text that is as long as ten", "ten\r".repeat(4_000), undefined],
  ])("that sends %s is closed as it deserves", async (_what, data, code) => {
    const client = await connect();
    await client.sees("ready");
    client.send(data);
    if (code === undefined) await client.sees("The actor is busy");
    else expect((await client.closed).code).toBe(code);
  });

  it("that sends nothing while much is shown is closed, and one that does is not", async () => {
    const silent = await connect();
    silent.send("flood 17\r");
    expect(await silent.closed).toEqual({
      code: 1013,
      reason: "The terminal has sent no message for too much text",
    });
    const alive = await connect();
    for (const round of [1, 2, 3]) {
      alive.send("flood 8\r");
      await alive.until(() => alive.text.split("x").length > round * 8 * 65_536);
    }
  });

  it("ends with its link, with its actor, and when nothing is typed for too long", async () => {
    const first = await connect();
    await first.sees("ready");
    await edge.ask("stopActor", parrot.key);
    expect(await first.closed).toEqual({ code: 1001, reason: "The actor was stopped" });
    await edge.ask("startActorFrom", "parrot");
    const second = await connect();
    await second.sees("ready");
    const path = await link({ IDLE: "1" });
    expect(await second.closed).toEqual({ code: 1001, reason: "The actor is no longer linked" });
    const third = await connect(path);
    expect(await third.closed).toEqual({ code: 1001, reason: "Nothing was typed for too long" });
  });

  it("of a guest of the older interface is answered as the link says", async () => {
    const typed = 0x82;
    const bare = 0xc3;
    for (const [values, form] of [
      [{}, typed],
      [{ REPLY_FORM: "bare" }, bare],
    ] as const) {
      const client = await connect(await link(values));
      client.send("form\r");
      await client.sees(`${form}\r\n`);
    }
  });

  it("without a path of its own is at the actor's key; what the actor fails with is not quoted", async () => {
    const client = await connect(`/telnet/${testActor("chat").key}`);
    expect(await client.closed).toEqual({ code: 1011, reason: "The actor did not take the session" });
  });

  it("in a page connects from the worker's own origin, and from those of the link", async () => {
    const path = await link({ ORIGINS: "https://friend.example" });
    const foreign = { status: 403, body: { code: "http.origin_refused" } };
    for (const origin of ["https://evil.example", "null", "https://friend.example.evil.example"]) {
      await expect(connect(path, { origin })).rejects.toMatchObject(foreign);
    }
    for (const origin of ["https://friend.example", edge.workerd.url]) {
      await (await connect(path, { origin })).sees("ready");
    }
  });

  it("is at no other path, and nothing else is at its own", async () => {
    const path = await link({});
    expect(await edge.problem(path)).toMatchObject({ status: 426, code: "http.upgrade_required" });
    await expect(connect(`${path}/below`)).rejects.toMatchObject({ status: 404 });
  });

  it("is cut off when the object is thrown out, and connects again", async () => {
    const path = await link({});
    const client = await connect(path);
    await client.sees("ready");
    await edge.evict();
    expect((await client.closed).code).toBe(1006);
    await (await connect(path)).sees("ready");
  });
}

let links = 0;
const clients: SocketClient[] = [];

async function connect(path = "/parrot", options: SocketClientOptions = {}): Promise<SocketClient> {
  const client = await SocketClient.open(edge.workerd.url + path, options);
  clients.push(client);
  return client;
}

/** Links the parrot with other values, at a path of its own that the worker then knows; its sessions end. */
async function link(values: Record<string, string>): Promise<string> {
  const PATH = `/parrot/${++links}`;
  await edge.ask("setLink", {
    actorId: parrot.key,
    providerId: EDGE_TELNET_ID,
    contractId: "wasmcloud:telnet",
    linkName: "default",
    values: { PATH, ...values },
  });
  await expect.poll(async () => (await edge.fetch(PATH)).status, { interval: 20 }).toBe(426);
  return PATH;
}
