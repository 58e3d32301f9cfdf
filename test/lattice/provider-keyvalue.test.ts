import { decode } from "@msgpack/msgpack";
import { afterAll, describe, expect, test } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import {
  BucketRecords,
  connectNats,
  type HostBuilder,
  type JetStreamConnection,
  KeyValueProvider,
  NATS_KEYVALUE_PROVIDER,
  NatsKeyValueProvider,
  type NatsOptions,
} from "../../src/index.ts";
import { rows } from "../conformance/providers/demand.ts";
import { keyValueDemands } from "../conformance/providers/keyvalue.ts";
import { LinkedActors } from "../conformance/providers/linked-actor.ts";
import { testActor } from "../support/actors.ts";
import { OpenSockets } from "../support/lattice-host.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { startTestHost, type TestHost } from "../support/node-host.ts";

const server = useNatsServer({ jetStream: true });
const plain = useNatsServer();
const open = new Set<JetStreamConnection>();
afterAll(async () => void (await Promise.all([...open].map((connection) => connection.close()))));

async function connect(servers: string = server.current.webSocketUrl): Promise<JetStreamConnection> {
  const connection = await connectNats({ servers, webSocketFactory });
  open.add(connection);
  return connection;
}

let buckets = 0;
const newBucket = (): string => `test-${buckets++}`;

async function onBucket(name: string, options: { now?: () => number; maxItems?: number } = {}) {
  const connection = await connect();
  return new KeyValueProvider({
    records: new BucketRecords({ open: () => connection.jetStream().bucket(name) }),
    ...options,
  });
}

describe("the key-value provider on JetStream, like every one", () => {
  test.each(rows(keyValueDemands))("%s", async (_, demand) => {
    await demand.run(async (options) => {
      return new NatsKeyValueProvider({ shared: await connect(), bucket: newBucket(), ...options });
    });
  });
});

describe("the key-value provider on JetStream", () => {
  test("shares its values with other hosts, and keeps them beyond its own life", async () => {
    const name = newBucket();
    const [one, other] = [new LinkedActors(await onBucket(name)), new LinkedActors(await onBucket(name))];
    await one.ask("Set", { key: "k", value: "v", expires: 0 });
    await one.provider.stop();
    expect(await other.ask("Get", { key: "k" })).toEqual({ value: "v", exists: true });
  });

  test("loses no count when two hosts count at one time", async () => {
    const name = newBucket();
    const hosts = [new LinkedActors(await onBucket(name)), new LinkedActors(await onBucket(name))];
    const adds = Array.from({ length: 60 }, (_, index) =>
      hosts[index % 2]?.ask("Add", { key: "n", value: 1 }),
    );
    const answers = (await Promise.all(adds)) as { value: number }[];
    expect(new Set(answers.map(({ value }) => value)).size).toBe(60);
    expect(await hosts[0]?.ask("Get", { key: "n" })).toEqual({ value: "60", exists: true });
  });

  test("tells the actor that a server has no JetStream, and works once it has a bucket", async () => {
    const without = await connect(plain.current.webSocketUrl);
    const within = await connect();
    let connection = without;
    const name = newBucket();
    const records = new BucketRecords({ open: () => connection.jetStream().bucket(name) });
    const actors = new LinkedActors(new KeyValueProvider({ records }));
    await expect(actors.ask("Get", { key: "k" })).rejects.toMatchObject({
      code: "lattice.transport",
      message: "RPC error: JetStream is not enabled on the server",
    });
    connection = within;
    expect(await actors.ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
  });

  test("tells the actor that the connection is closed, or the bucket full", async () => {
    const connection = await connect();
    const bucket = await connection.jetStream().bucket(newBucket(), { maxBytes: 4_096 });
    const actors = new LinkedActors(
      new KeyValueProvider({ records: new BucketRecords({ open: async () => bucket }) }),
    );
    await actors.ask("Set", { key: "k", value: "v", expires: 0 });
    await expect(
      actors.ask("Set", { key: "large", value: "x".repeat(8_000), expires: 0 }),
    ).rejects.toMatchObject({ code: "storage.quota" });
    expect(await actors.ask("Get", { key: "k" })).toEqual({ value: "v", exists: true });
    await connection.close();
    await expect(actors.ask("Get", { key: "k" })).rejects.toMatchObject({ code: "lattice.not_connected" });
  });

  test.each(["", "a b", "a.b", ">", "x".repeat(129)])("refuses the bucket name %j", async (name) => {
    const connection = await connect();
    await expect(connection.jetStream().bucket(name)).rejects.toMatchObject({ code: "input.invalid" });
  });
});

const sockets = new OpenSockets();
const connectLink = (options: NatsOptions): Promise<JetStreamConnection> =>
  connectNats({ ...options, webSocketFactory: sockets.factory });
const linkValues = (more: Readonly<Record<string, string>> = {}) => ({
  URL: server.current.webSocketUrl,
  BUCKET: newBucket(),
  ...more,
});
const byLink = (): LinkedActors => new LinkedActors(new NatsKeyValueProvider({ connect: connectLink }));

describe("the key-value provider by the values of a link", () => {
  const counter = testActor("kvcounter").key;

  /** A host whose counter is linked to the provider, started by name. */
  async function countingHost(values: Readonly<Record<string, string>>): Promise<TestHost> {
    const configure = (builder: HostBuilder): HostBuilder =>
      builder.withProviderServices({ connect: connectLink });
    const started = await startTestHost({ configure });
    await started.start("kvcounter");
    await started.host.startProviderFrom("weblattice:keyvalue-nats");
    const { id: providerId, contractId } = NATS_KEYVALUE_PROVIDER;
    await started.host.setLink({ actorId: counter, providerId, contractId, linkName: "default", values });
    return started;
  }

  test("lets actors of two hosts count together, and keeps the exact sum", async () => {
    const values = linkValues();
    const hosts = [await countingHost(values), await countingHost(values)];
    const counts = await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        decode((await hosts[index % 2]?.call(counter, "Count")) ?? new Uint8Array(0)),
      ),
    );
    const numbers = counts.map((count) => (count as { counter: number }).counter).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  test("makes a bucket that is not there, with the copies and the room that the link wants", async () => {
    const actors = byLink();
    const values = linkValues({ MAX_BYTES: "4096" });
    await actors.link(values);
    expect(await actors.ask("Add", { key: "n", value: 1 })).toEqual({ value: 1 });
    await expect(
      actors.ask("Set", { key: "large", value: "x".repeat(8_000), expires: 0 }),
    ).rejects.toMatchObject({ code: "storage.quota" });
    const client = await connectClient(server.current.webSocketUrl);
    const { config } = await (await client.jetstreamManager()).streams.info(`KV_${values.BUCKET}`);
    await client.close();
    expect(config).toMatchObject({ max_bytes: 4096, num_replicas: 1 });
  });

  test("uses a bucket as it is, whatever the link wants", async () => {
    const values = linkValues();
    const [first, second] = [byLink(), byLink()];
    await first.link(values);
    await first.ask("Set", { key: "k", value: "v", expires: 0 });
    await second.link({ ...values, MAX_BYTES: "10" });
    expect(await second.ask("Get", { key: "k" })).toEqual({ value: "v", exists: true });
  });

  test("tells buckets apart, and shares one among actors of the same link values", async () => {
    const actors = byLink();
    const values = linkValues();
    await actors.link(values);
    await actors.link(values, "MB");
    await actors.link(linkValues(), "MC");
    await actors.ask("Set", { key: "k", value: "v", expires: 0 });
    expect(await actors.ask("Get", { key: "k" }, "MB")).toEqual({ value: "v", exists: true });
    expect(await actors.ask("Get", { key: "k" }, "MC")).toEqual({ value: "", exists: false });
  });

  test("refuses a link to a server that cannot be reached, and its calls until it is set anew", async () => {
    const actors = byLink();
    const failed = { code: "lattice.connect_failed", message: /^NATS connection failure:/ };
    const away = linkValues({ URL: "ws://127.0.0.1:1" });
    await expect(actors.link(away)).rejects.toMatchObject({
      ...failed,
      message: expect.stringMatching(failed.message),
    });
    await expect(actors.ask("Add", { key: "n", value: 1 })).rejects.toMatchObject({ code: failed.code });
    await actors.link(linkValues());
    expect(await actors.ask("Add", { key: "n", value: 1 })).toEqual({ value: 1 });
  });

  test("refuses a link to a server without JetStream, and closes its connection", async () => {
    const before = sockets.count;
    await expect(byLink().link(linkValues({ URL: plain.current.webSocketUrl }))).rejects.toMatchObject({
      message: "RPC error: JetStream is not enabled on the server",
    });
    await expect.poll(() => sockets.count).toBe(before);
  });

  test.each([
    ["BUCKET", "a.b"],
    ["REPLICAS", "6"],
    ["MAX_BYTES", "many"],
    ["URL", ""],
    ["URL", "nats://127.0.0.1:4222"],
    ["CLIENT_JWT", "without a seed"],
  ])("names the link value that cannot be used: %s", async (name, value) => {
    await expect(byLink().link(linkValues({ [name]: value }))).rejects.toMatchObject({
      code: "link.invalid",
      details: { name: name === "CLIENT_JWT" ? "CLIENT_SEED" : name },
    });
  });

  test("closes its connection with the link and with itself", async () => {
    const before = sockets.count;
    const actors = byLink();
    await actors.link(linkValues());
    await actors.link(linkValues(), "MB");
    expect(sockets.count).toBe(before + 2);
    await actors.unlink();
    await actors.provider.stop();
    await expect.poll(() => sockets.count).toBe(before);
  });
});
