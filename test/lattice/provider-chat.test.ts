import { afterEach, expect, test, vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import {
  connectNats,
  type JetStreamConnection,
  KeyValueProvider,
  MemoryStore,
  NATS_MESSAGING_PROVIDER,
  NatsMessagingProvider,
  STORE_KEYVALUE_PROVIDER,
  StoreRecords,
  TELNET_PROVIDER,
  TelnetProvider,
  type TelnetSession,
} from "../../src/index.ts";
import { useNatsServer } from "../support/nats.ts";
import { startTestHost } from "../support/node-host.ts";

const server = useNatsServer();
const open = new Set<JetStreamConnection>();
afterEach(async () => {
  await Promise.all([...open].map((connection) => connection.close()));
  open.clear();
});

interface Seat {
  readonly session: TelnetSession;
  shown(): string;
  /** Resolves when the terminal shows a text. */
  sees(text: string): Promise<void>;
}

/** A host on which the chat runs, and terminals at it. */
async function chatHost(): Promise<() => Promise<Seat>> {
  const { host, start } = await startTestHost();
  const { key: actorId } = await start("chat");
  const shared = await connectNats({ servers: server.current.webSocketUrl, webSocketFactory });
  open.add(shared);
  const telnet = new TelnetProvider();
  const records = new StoreRecords({ store: new MemoryStore() });
  for (const [descriptor, provider, values] of [
    [TELNET_PROVIDER, telnet, { MOTD: "Welcome\n" }],
    [NATS_MESSAGING_PROVIDER, new NatsMessagingProvider({ shared }), { SUBSCRIPTION: "chat.room" }],
    [STORE_KEYVALUE_PROVIDER, new KeyValueProvider({ records }), {}],
  ] as const) {
    await host.startProvider({ descriptor, provider });
    const { id: providerId, contractId } = descriptor;
    await host.setLink({ actorId, providerId, linkName: "default", contractId, values: { ...values } });
  }
  await shared.flush();
  return async () => {
    let shown = "";
    const session = await telnet.openSession({
      write: (text) => {
        shown += text;
      },
    });
    return {
      session,
      shown: () => shown,
      sees: (text) => vi.waitFor(() => expect(shown).toContain(text), { timeout: 5_000 }),
    };
  };
}

const nameOf = (seat: Seat): string => seat.session.id.slice(0, 4);

test("what is said at one terminal is seen at all, on both hosts", async () => {
  const [here, there] = [await chatHost(), await chatHost()];
  const anna = await here();
  await anna.sees(`Welcome\n\rYou are ${nameOf(anna)}.\r\n`);
  const [bert, carl] = [await here(), await there()];
  await anna.sees(`${nameOf(carl)} has come`);
  anna.session.receive("hello all\r");
  for (const seat of [anna, bert, carl]) await seat.sees(`${nameOf(anna)}: hello all\r\n`);
  carl.session.receive("hello back\r");
  for (const seat of [anna, bert, carl]) await seat.sees(`${nameOf(carl)}: hello back\r\n`);
});

test("a terminal that has gone is forgotten, and the others go on", async () => {
  const sit = await chatHost();
  const [anna, bert] = [await sit(), await sit()];
  anna.session.close();
  bert.session.receive("still there?\r");
  await bert.sees(`${nameOf(bert)}: still there?\r\n`);
  bert.session.receive("no\r");
  await bert.sees(`${nameOf(bert)}: no\r\n`);
  expect(anna.shown()).not.toContain("still there?");
});
