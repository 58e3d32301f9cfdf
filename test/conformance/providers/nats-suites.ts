import {
  connectNats,
  type JetStreamConnection,
  NatsEventStreamsProvider,
  NatsKeyValueProvider,
  NatsMessagingProvider,
} from "../../../src/index.ts";
import { observeAll, type RunnableCase } from "../observe.ts";
import type { CaseOutcome } from "../outcome.ts";
import { eventStreamsDemands } from "./eventstreams.ts";
import { keyValueDemands } from "./keyvalue.ts";
import { messagingDemands } from "./messaging.ts";

type Connect = () => Promise<JetStreamConnection>;

/**
 * Runs the demands on the providers over NATS, by the platform's own WebSocket.
 *
 * @param servers - address of the WebSocket listener of a server with JetStream, which keeps nothing of these names yet.
 */
export async function runNatsSuites(servers: string): Promise<CaseOutcome[]> {
  const open: JetStreamConnection[] = [];
  const connect: Connect = async () => {
    const connection = await connectNats({ servers });
    open.push(connection);
    return connection;
  };
  try {
    const shared = await connect();
    return await observeAll([...messaging(connect), ...eventStreams(shared), ...keyValues(shared)]);
  } finally {
    await Promise.all(open.map((connection) => connection.close()));
  }
}

/** Each on connections of its own, as hosts have them. */
function messaging(connect: Connect): RunnableCase[] {
  return messagingDemands.map(({ title, run }) => ({
    title: `messaging: ${title}`,
    run: async () => {
      const hosts: JetStreamConnection[] = [];
      await run({
        open: async () => {
          const shared = await connect();
          hosts.push(shared);
          return new NatsMessagingProvider({ shared, connect });
        },
        settled: async () => void (await Promise.all(hosts.map((connection) => connection.flush()))),
      });
    },
  }));
}

function eventStreams(shared: JetStreamConnection): RunnableCase[] {
  return eventStreamsDemands.map(({ title, run }, index) => ({
    title: `event streams: ${title}`,
    run: () =>
      run(async ({ maxEvents, maxBytes }) => {
        return new NatsEventStreamsProvider({ shared, log: `events-${index}`, maxEvents, maxBytes });
      }),
  }));
}

function keyValues(shared: JetStreamConnection): RunnableCase[] {
  return keyValueDemands.map(({ title, run }, index) => ({
    title: `key-value in JetStream: ${title}`,
    run: () =>
      run(async (options) => new NatsKeyValueProvider({ shared, bucket: `pairs-${index}`, ...options })),
  }));
}
