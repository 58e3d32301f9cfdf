import { afterAll, describe, expect, test } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { BucketRecords, connectNats, type JetStreamConnection, KeyValueProvider } from "../../src/index.ts";
import { rows } from "../conformance/providers/demand.ts";
import { keyValueDemands } from "../conformance/providers/keyvalue.ts";
import { LinkedActors } from "../conformance/providers/linked-actor.ts";
import { useNatsServer } from "../support/nats.ts";

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
    await demand.run((options) => onBucket(newBucket(), options));
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
