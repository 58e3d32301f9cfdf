import { afterEach, beforeAll, expect, it } from "vitest";
import {
  FEED_ACKNOWLEDGEMENT,
  FEED_PATH,
  FEED_PROTOCOL,
  type FeedMessage,
  MASK,
  MEMORY_KEYVALUE_PROVIDER,
  tokenProtocol,
} from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import type { EdgeWorker } from "../../support/edge/edge-worker.ts";
import { Watcher } from "../../support/edge/feed-socket.ts";
import { SocketClient } from "../../support/edge/socket-client.ts";

/** The token of the workers. */
export const TOKEN: string = "only for those who watch: é";
const PROTOCOLS = [FEED_PROTOCOL, tokenProtocol(TOKEN)];
const echo = testActor("echo");
type HostMessage = Extract<FeedMessage, { kind: "host" }>;

let edge: EdgeWorker;
const open: { close(): void }[] = [];

function watch(): Watcher {
  const watcher = new Watcher(edge.workerd.url, TOKEN);
  open.push(watcher.watch);
  return watcher;
}

async function connect(protocols: readonly string[] = PROTOCOLS, query = ""): Promise<SocketClient> {
  const client = await SocketClient.open(edge.workerd.url + FEED_PATH + query, { protocols });
  open.push(client);
  return client;
}

const setLink = (values: Record<string, string>, linkName = "watched"): Promise<unknown> =>
  edge.ask("setLink", {
    actorId: echo.key,
    providerId: MEMORY_KEYVALUE_PROVIDER.id,
    contractId: "wasmcloud:httpserver",
    linkName,
    values,
  });

/** Registers the tests of the feed for the worker that runs then. */
export function feedTests(worker: () => EdgeWorker): void {
  beforeAll(() => {
    edge = worker();
  });
  afterEach(() => {
    for (const each of open) each.close();
    open.length = 0;
  });

  it("tells what the host is, what happens, and what the host is then", async () => {
    const watcher = watch();
    const { description } = await watcher.next<HostMessage>();
    const { id, actors } = await edge.describe();
    expect(description.id).toBe(id);
    expect(description.actors.map(({ key }) => key)).toEqual(actors.map(({ key }) => key));
    await edge.ask("stopActor", echo.key);
    expect(await watcher.next(({ kind }) => kind === "event")).toMatchObject({
      event: { type: "actor_stopped", actor: echo.key, name: "Echo" },
    });
    const after = await watcher.next<HostMessage>(({ kind }) => kind === "host");
    expect(after.description.actors.map(({ key }) => key)).not.toContain(echo.key);
    await edge.ask("startActorFrom", "echo");
  });

  it("is told to a client that speaks its protocol, and has the token", async () => {
    const client = await connect();
    expect(client.socket.protocol).toBe(FEED_PROTOCOL);
    await client.sees('[{"kind":"host","description":{');
    for (const protocols of [
      [],
      [FEED_PROTOCOL],
      PROTOCOLS.slice(1),
      [FEED_PROTOCOL, tokenProtocol("other")],
    ]) {
      const refused = { status: 401, body: { code: "http.unauthorized" } };
      await expect(connect(protocols, `?token=${TOKEN}`)).rejects.toMatchObject(refused);
    }
  });
}

/** Those that do not depend on the runtime's date. */
export function moreFeedTests(): void {
  it("has no values of links", async () => {
    const watcher = watch();
    const client = await connect();
    await watcher.next();
    await setLink({ password: "t0p-secret" });
    const isSet = (message: FeedMessage): boolean =>
      message.kind === "event" && message.event.type === "link_set";
    expect(await watcher.next(isSet)).toMatchObject({ event: { link: { values: { password: MASK } } } });
    const { description } = await watcher.next<HostMessage>(({ kind }) => kind === "host");
    expect(description.links.find(({ linkName }) => linkName === "watched")?.values).toEqual({
      password: MASK,
    });
    await client.sees('"kind":"event"');
    expect(client.text).not.toContain("t0p");
  });

  it("is closed for a reader who does not keep up, and for no other", async () => {
    const slow = await connect();
    const watcher = watch();
    let events = 0;
    const reading = (async () => {
      while (events >= 0) await watcher.next(({ kind }) => kind === "event").then(() => events++);
    })();
    reading.catch(() => undefined);
    let code = 0;
    void slow.closed.then((ending) => {
      code = ending.code;
    });
    for (let round = 0; round < 400 && code === 0; round++) {
      await setLink(
        Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}`.padEnd(250, "x"), `${round}`])),
      );
    }
    expect(await slow.closed).toEqual({ code: 1013, reason: "The reader is too slow" });
    const before = events;
    await setLink({ after: "all" });
    await expect.poll(() => events).toBeGreaterThan(before);
  });

  it("takes nothing but acknowledgements", async () => {
    const client = await connect();
    client.send(FEED_ACKNOWLEDGEMENT);
    client.send("stopActor");
    expect((await client.closed).code).toBe(1008);
  });

  it("has room for so many readers, and no more", async () => {
    const settled = await Promise.allSettled(Array.from({ length: 17 }, () => connect()));
    const failures = settled.filter(({ status }) => status === "rejected");
    expect(failures).toMatchObject([{ reason: { status: 503, body: { code: "provider.overloaded" } } }]);
  });

  it("ends with the object, and its reader is told", async () => {
    const watcher = watch();
    await watcher.next();
    await edge.evict();
    await expect(watcher.next(() => false)).rejects.toMatchObject({ code: "feed.closed" });
  });

  it("is for WebSockets only, and tells a reader without the token nothing", async () => {
    expect(await edge.problem(FEED_PATH)).toMatchObject({ status: 426, code: "http.upgrade_required" });
    const watcher = new Watcher(edge.workerd.url, "another token of some length");
    await expect(watcher.next()).rejects.toMatchObject({ code: "feed.refused" });
  });
}
