import { afterAll, describe, expect, test } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { connectNats, type JetStreamConnection, NatsEventStreamsProvider } from "../../src/index.ts";
import { rows } from "../conformance/providers/demand.ts";
import { eventStreamsDemands } from "../conformance/providers/eventstreams.ts";
import { LinkedActors } from "../conformance/providers/linked-actor.ts";
import { useNatsServer } from "../support/nats.ts";

const server = useNatsServer({ jetStream: true });
const plain = useNatsServer();
const open = new Set<JetStreamConnection>();
afterAll(async () => void (await Promise.all([...open].map((connection) => connection.close()))));

async function connect(servers = server.current.webSocketUrl): Promise<JetStreamConnection> {
  const connection = await connectNats({ servers, webSocketFactory });
  open.add(connection);
  return connection;
}

let logs = 0;

describe("event streams in JetStream, like every provider of them", () => {
  test.each(rows(eventStreamsDemands))("%s", async (_, demand) => {
    const log = `events-${logs++}`;
    await demand.run(async ({ maxEvents, maxBytes }) => {
      return new NatsEventStreamsProvider({ shared: await connect(), log, maxEvents, maxBytes });
    });
  });
});

describe("event streams in JetStream", () => {
  test("tell the failure of a write in the answer, as first-party providers do", async () => {
    const shared = await connect();
    const actors = new LinkedActors(new NatsEventStreamsProvider({ shared, log: `events-${logs++}` }));
    await actors.link();
    await shared.close();
    const ack = await actors.ask("WriteEvent", { streamId: "s", values: {} });
    expect(ack).toEqual({ eventId: null, error: "Not connected to the lattice" });
    await expect(actors.ask("QueryStream", { streamId: "s", count: 0 })).rejects.toMatchObject({
      code: "lattice.not_connected",
    });
  });

  test("refuse a link to a server without JetStream, and one to a stream with a bad name", async () => {
    const without = new NatsEventStreamsProvider({ shared: await connect(plain.current.webSocketUrl) });
    await expect(new LinkedActors(without).link()).rejects.toMatchObject({
      message: "RPC error: JetStream is not enabled on the server",
    });
    const actors = new LinkedActors(new NatsEventStreamsProvider({ shared: await connect() }));
    await expect(actors.link({ STREAM: "a.b" })).rejects.toMatchObject({ code: "input.invalid" });
  });

  test("share deliveries among the hosts that run an actor, and go on where another left off", async () => {
    const log = `events-${logs++}`;
    const host = async (): Promise<LinkedActors> =>
      new LinkedActors(new NatsEventStreamsProvider({ shared: await connect(), log }));
    const [one, other] = [await host(), await host()];
    for (const actors of [one, other]) {
      actors.answer = () => ({ eventId: null, error: null });
      await actors.link({ DELIVER: "s" });
    }
    for (let n = 0; n < 10; n++) await one.ask("WriteEvent", { streamId: "s", values: { n: String(n) } });
    await expect.poll(() => one.delivered.length + other.delivered.length, { timeout: 5_000 }).toBe(10);
    await one.provider.stop();
    await other.unlink();
    await other.link({}, "MB");
    await other.ask("WriteEvent", { streamId: "s", values: { n: "meanwhile" } }, "MB");
    const last = await host();
    last.answer = one.answer;
    await last.link({ DELIVER: "s" });
    expect(await last.deliveries(1)).toMatchObject([{ message: { values: { n: "meanwhile" } } }]);
  });
});
