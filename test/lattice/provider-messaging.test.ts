import { encode } from "@msgpack/msgpack";
import { afterAll, describe, expect, test, vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import {
  Counters,
  connectNats,
  type JetStreamConnection,
  type NatsMessagingOptions,
  NatsMessagingProvider,
  type NatsOptions,
} from "../../src/index.ts";
import { rows } from "../conformance/providers/demand.ts";
import { LinkedActors } from "../conformance/providers/linked-actor.ts";
import { messagingDemands } from "../conformance/providers/messaging.ts";
import { useNatsServer } from "../support/nats.ts";

const server = useNatsServer();
const open = new Set<JetStreamConnection>();
afterAll(async () => void (await Promise.all([...open].map((connection) => connection.close()))));

async function connect(options: Partial<NatsOptions> = {}): Promise<JetStreamConnection> {
  const connection = await connectNats({
    servers: server.current.webSocketUrl,
    webSocketFactory,
    ...options,
  });
  open.add(connection);
  return connection;
}

async function messaging(options: NatsMessagingOptions = {}): Promise<LinkedActors> {
  return new LinkedActors(new NatsMessagingProvider({ shared: await connect(), connect, ...options }));
}

const message = (subject: string, body: string) => ({
  subject,
  replyTo: "",
  body: new TextEncoder().encode(body),
});

describe("messaging over NATS, like every provider of it", () => {
  test.each(rows(messagingDemands))("%s", async (_, demand) => {
    const shared: JetStreamConnection[] = [];
    await demand.run({
      open: async () => {
        const connection = await connect();
        shared.push(connection);
        return new NatsMessagingProvider({ shared: connection, connect });
      },
      settled: async () => void (await Promise.all(shared.map((connection) => connection.flush()))),
    });
  });
});

describe("messaging over NATS", () => {
  test("answers a request in the form that the link asks for", async () => {
    const client = await connect();
    client.subscribe("form", { onMessage: (asked) => asked.respond(encode("the answer")) });
    await client.flush();
    const actors = await messaging();
    const ask = (): Promise<unknown> =>
      actors.ask("Request", { subject: "form", body: new Uint8Array(0), timeout: 5_000 });
    await actors.link();
    expect(await ask()).toEqual({ subject: "form", replyTo: "", body: encode("the answer") });
    await actors.link({ REPLY_FORM: "bare" });
    expect(await ask()).toBe("the answer");
    await expect(actors.link({ REPLY_FORM: "odd" })).rejects.toMatchObject({ code: "link.invalid" });
  });

  test("tells that a message was not published while there is no connection", async () => {
    const shared = await connect();
    const actors = new LinkedActors(new NatsMessagingProvider({ shared }));
    await actors.link();
    await shared.close();
    expect(await actors.ask("Publish", message("a", ""))).toEqual({ published: false });
  });

  test.each([
    "wasmbus.ctl.default.cmd.N.la",
    "wasmbus.rpc.default.claims",
    "lattice.state.events",
    "$JS.API.STREAM.CREATE.x",
    "$SYS.REQ.SERVER.PING",
  ])("does not let an actor speak as the host on the lattice's connection: %s", async (subject) => {
    const actors = await messaging();
    await actors.link();
    const denied = { code: "provider.denied", message: `The subject ${subject} is not for actors` };
    await expect(actors.ask("Publish", message(subject, ""))).rejects.toMatchObject(denied);
    await expect(
      actors.ask("Publish", { ...message("harmless", ""), replyTo: subject }),
    ).rejects.toMatchObject(denied);
    const request = { subject, body: new Uint8Array(0), timeout: 100 };
    await expect(actors.ask("Request", request)).rejects.toMatchObject(denied);
  });

  test.each([">", "*.rpc.>", "wasmbus.>", "_INBOX.>", "$KV.>", "lattice.state.events", "*"])(
    "does not let an actor listen to others on the lattice's connection: %s",
    async (SUBSCRIPTION) => {
      const actors = await messaging();
      await expect(actors.link({ SUBSCRIPTION })).rejects.toMatchObject({ code: "provider.denied" });
    },
  );

  test("opens a connection for a link with a URL, which may use all subjects, and closes it with the link", async () => {
    const actors = await messaging();
    const before = open.size;
    await actors.link({ URL: server.current.webSocketUrl, SUBSCRIPTION: "*.own" });
    const own = [...open][before];
    expect(own?.state).toBe("connected");
    await own?.flush();
    await actors.ask("Publish", message("wasmbus.own", "mine"));
    expect(await actors.deliveries(1)).toMatchObject([{ message: { subject: "wasmbus.own" } }]);
    await actors.unlink();
    expect(own?.state).toBe("closed");
  });

  test("closes the connections of links when it stops, and leaves that of the lattice", async () => {
    const shared = await connect();
    const actors = new LinkedActors(new NatsMessagingProvider({ shared, connect }));
    const before = open.size;
    await actors.link({ URL: server.current.webSocketUrl });
    await actors.link({ SUBSCRIPTION: "a" }, "MB");
    await actors.provider.stop();
    expect([...open].slice(before).map(({ state }) => state)).toEqual(["closed"]);
    expect(shared.state).toBe("connected");
  });

  test.each([
    ["URL", { URL: "nats://127.0.0.1:4222" }],
    ["URL", { URL: "ws://127.0.0.1:1,tcp://x" }],
    ["CREDSFILE", { CREDSFILE: "/etc/creds" }],
    ["CLIENT_SEED", { URL: "ws://127.0.0.1:1", CLIENT_JWT: "x" }],
    ["CLIENT_JWT", { CLIENT_SEED: "SUSECRET" }],
  ])("refuses a link whose %s cannot be used here, without telling secrets: %j", async (name, values) => {
    const actors = await messaging();
    const failure = await actors.link(values).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "link.invalid", details: { name } });
    expect(String(failure)).not.toContain("SUSECRET");
    await expect(actors.ask("Publish", message("a", ""))).rejects.toMatchObject({ code: "link.invalid" });
  });

  test("tells host and actor in the words of old that a server cannot be reached", async () => {
    const actors = await messaging();
    const failed = {
      code: "lattice.connect_failed",
      message: expect.stringMatching(/^NATS connection failure:Could not connect to ws:\/\/127.0.0.1:1/),
    };
    await expect(actors.link({ URL: "ws://127.0.0.1:1" })).rejects.toMatchObject(failed);
    await expect(actors.ask("Publish", message("a", ""))).rejects.toMatchObject(failed);
  });

  test("needs a URL where the provider has no connection", async () => {
    const actors = new LinkedActors(new NatsMessagingProvider({}));
    await expect(actors.link()).rejects.toMatchObject({ code: "link.invalid" });
  });

  test("drops what an actor is too slow for, counts it, and goes on", async () => {
    const counters = new Counters();
    const client = await connect();
    const actors = await messaging({ shared: client, counters, maxWaiting: 3 });
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    actors.answer = () => gate.then(() => null);
    await actors.link({ SUBSCRIPTION: "slow" });
    await client.flush();
    for (let index = 0; index < 10; index++) client.publish("slow", Uint8Array.of(index));
    await client.flush();
    await vi.waitFor(() => expect(counters.get("messaging.dropped")).toBe(6));
    letGo();
    const delivered = await actors.deliveries(4);
    expect(delivered.map(({ message }) => (message as { body: Uint8Array }).body[0])).toEqual([0, 1, 2, 3]);
    client.publish("slow", Uint8Array.of(42));
    expect((await actors.deliveries(5))[4]).toMatchObject({ message: { body: Uint8Array.of(42) } });
  });

  test("drops what has too many bytes together", async () => {
    const counters = new Counters();
    const client = await connect();
    const actors = await messaging({ shared: client, counters, maxWaitingBytes: 1_000 });
    actors.answer = () => new Promise(() => undefined);
    await actors.link({ SUBSCRIPTION: "large" });
    await client.flush();
    for (let index = 0; index < 4; index++) client.publish("large", new Uint8Array(400));
    await vi.waitFor(() => expect(counters.get("messaging.dropped")).toBe(1));
  });
});
