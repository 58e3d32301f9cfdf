import { afterEach, expect, test, vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import {
  connectNats,
  type Host,
  type JetStreamConnection,
  KeyValueProvider,
  MemoryStore,
  NATS_MESSAGING_PROVIDER,
  NatsMessagingProvider,
  type ProviderDescriptor,
  STORE_KEYVALUE_PROVIDER,
  StoreRecords,
  TELNET_PROVIDER,
  type TelnetSession,
} from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
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
  /** Why it has ended. */
  ended(): string | undefined;
  /** Resolves when the terminal shows a text. */
  sees(text: string): Promise<void>;
}

interface ChatHost {
  readonly host: Host;
  readonly actor: string;
  /** Sits down at a terminal. */
  sit(): Promise<Seat>;
}

/** A host on which the chat runs. */
async function chatHost(): Promise<ChatHost> {
  const { host, start } = await startTestHost();
  const { key: actor } = await start("chat");
  const shared = await connectNats({ servers: server.current.webSocketUrl, webSocketFactory });
  open.add(shared);
  const link = ({ id: providerId, contractId }: ProviderDescriptor, values = {}): Promise<void> =>
    host.setLink({ actorId: actor, providerId, linkName: "default", contractId, values });
  const records = new StoreRecords({ store: new MemoryStore() });
  for (const [descriptor, provider, values] of [
    [NATS_MESSAGING_PROVIDER, new NatsMessagingProvider({ shared }), { SUBSCRIPTION: "chat.room" }],
    [STORE_KEYVALUE_PROVIDER, new KeyValueProvider({ records }), {}],
  ] as const) {
    await host.startProvider({ descriptor, provider });
    await link(descriptor, values);
  }
  await host.startProviderFrom("weblattice:telnet");
  await link(TELNET_PROVIDER, { MOTD: "Welcome\n" });
  await shared.flush();
  const sit = async (): Promise<Seat> => {
    let shown = "";
    let ended: string | undefined;
    const session = await host.openTerminal({
      write: (text) => {
        shown += text;
      },
      closed: (reason) => {
        ended = reason;
      },
    });
    return {
      session,
      shown: () => shown,
      ended: () => ended,
      sees: (text) => vi.waitFor(() => expect(shown).toContain(text), { timeout: 5_000 }),
    };
  };
  return { host, actor, sit };
}

const nameOf = (seat: Seat): string => seat.session.id.slice(0, 4);

test("what is said at one terminal is seen at all, on both hosts", async () => {
  const [here, there] = [await chatHost(), await chatHost()];
  const anna = await here.sit();
  await anna.sees(`Welcome\n\rYou are ${nameOf(anna)}.\r\n`);
  const [bert, carl] = [await here.sit(), await there.sit()];
  await anna.sees(`${nameOf(carl)} has come`);
  anna.session.receive("hello all\r");
  for (const seat of [anna, bert, carl]) await seat.sees(`${nameOf(anna)}: hello all\r\n`);
  carl.session.receive("hello back\r");
  for (const seat of [anna, bert, carl]) await seat.sees(`${nameOf(carl)}: hello back\r\n`);
});

test("a terminal that has gone is forgotten, and the others go on", async () => {
  const { sit } = await chatHost();
  const [anna, bert] = [await sit(), await sit()];
  anna.session.close();
  bert.session.receive("still there?\r");
  await bert.sees(`${nameOf(bert)}: still there?\r\n`);
  bert.session.receive("no\r");
  await bert.sees(`${nameOf(bert)}: no\r\n`);
  expect(anna.shown()).not.toContain("still there?");
});

test("a terminal ends with its link, actor, provider or host, and says with which", async () => {
  const { host, actor, sit } = await chatHost();
  const link = (await host.describe()).links.find(({ contractId }) => contractId === "wasmcloud:telnet");
  if (link === undefined) throw new Error("The link is not listed");
  const unlinked = await sit();
  await host.removeLink(actor, link.contractId, link.linkName);
  expect(unlinked.ended()).toBe("The actor is no longer linked");
  await expect(sit()).rejects.toMatchObject({ code: "link.not_found" });

  await host.setLink(link);
  const left = await sit();
  await host.stopProvider(TELNET_PROVIDER.id, "default");
  expect(left.ended()).toBe("The provider was stopped");
  await expect(sit()).rejects.toMatchObject({ code: "provider.not_running" });

  await host.startProviderFrom("weblattice:telnet");
  const [first, second] = [await sit(), await sit()];
  second.session.close();
  await host.stopActor(actor);
  expect([first.ended(), second.ended()]).toEqual(["The actor was stopped", "The session was closed"]);

  await host.startActor(testActor("chat").bytes);
  const last = await sit();
  await host.stop();
  expect(last.ended()).toBe("The host was stopped");
});
