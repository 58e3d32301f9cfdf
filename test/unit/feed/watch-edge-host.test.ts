import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { FEED_PATH, FEED_SILENCE_MS, type FeedMessage, watchEdgeHost } from "../../../src/feed/index.ts";
import { feedSocket } from "../../support/edge/feed-socket.ts";

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
  servers.length = 0;
});

/** A server that is no host, and does as a test wishes. */
async function serve(onClient: (socket: WebSocket, path: string | undefined) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  servers.push(server);
  server.on("connection", (socket, request) => onClient(socket, request.url));
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const options = { token: "token", webSocketFactory: feedSocket };
const skipped = (count: number): FeedMessage => ({ kind: "skipped", count });

async function read(url: string, more: object = {}): Promise<FeedMessage[]> {
  const messages: FeedMessage[] = [];
  for await (const message of watchEdgeHost(url, { ...options, ...more })) messages.push(message);
  return messages;
}

describe("watching a host", () => {
  it("hands over what comes, and acknowledges a batch when its last message was taken", async () => {
    const log: string[] = [];
    const url = await serve((socket, path) => {
      log.push(`path ${path}`);
      socket.send(JSON.stringify([skipped(1), skipped(2)]));
      socket.on("message", (data) => {
        log.push(String(data));
        socket.send(JSON.stringify([skipped(3)]));
      });
    });
    const watch = watchEdgeHost(url, options);
    for await (const message of watch) {
      log.push(JSON.stringify(message));
      if (message.kind === "skipped" && message.count === 3) watch.close();
    }
    expect(log).toEqual([
      `path ${FEED_PATH}`,
      '{"kind":"skipped","count":1}',
      '{"kind":"skipped","count":2}',
      "ok",
      '{"kind":"skipped","count":3}',
    ]);
  });

  it.each([
    ["no JSON", "nothing"],
    ["no batch", '{"kind":"skipped","count":1}'],
    ["bytes", new Uint8Array(3)],
    ["a message of another form", '[{"kind":"skipped"}]'],
    ["more messages than a batch has", JSON.stringify(Array.from({ length: 1_001 }, () => skipped(1)))],
  ])("ends when %s comes", async (_what, data) => {
    const url = await serve((socket) => socket.send(data));
    await expect(read(url)).rejects.toMatchObject({ code: "feed.undecodable" });
  });

  it("ends when more comes than was acknowledged", async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve((socket) => {
      closed = once(socket, "close");
      for (let n = 0; n < 10; n++) socket.send(JSON.stringify([skipped(n)]));
    });
    const watch = watchEdgeHost(url, options);
    const messages = watch[Symbol.asyncIterator]();
    const { value } = await messages.next();
    expect(value).toEqual(skipped(0));
    await closed;
    const rest = async (): Promise<void> => {
      while ((await messages.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: "feed.undecodable" });
  });

  it("tells why the host has closed it", async () => {
    const url = await serve((socket) => {
      socket.send(JSON.stringify([skipped(1)]));
      socket.close(1013, "The reader is too slow");
    });
    await expect(read(url)).rejects.toMatchObject({
      code: "feed.closed",
      message: "The feed has ended: The reader is too slow",
      details: { code: 1013 },
    });
  });

  it("ends when the host has said nothing for twice as long as it may", async () => {
    vi.useFakeTimers();
    try {
      let hear: (event: { readonly data: string }) => void = () => undefined;
      const socket = {
        addEventListener: (type: string, listener: (event: { readonly data?: unknown }) => void) => {
          if (type === "message") hear = listener as typeof hear;
        },
        send: () => undefined,
        close: () => undefined,
      };
      const messages = watchEdgeHost("https://edge.test", { ...options, webSocketFactory: () => socket });
      const reading = messages[Symbol.asyncIterator]();
      hear({ data: JSON.stringify([skipped(1)]) });
      expect((await reading.next()).value).toEqual(skipped(1));
      const next = reading.next();
      next.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(2 * FEED_SILENCE_MS);
      await expect(next).rejects.toMatchObject({
        code: "feed.closed",
        message: expect.stringContaining("said nothing"),
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("says so where nobody answers, or nobody says anything", async () => {
    await expect(read("http://127.0.0.1:1")).rejects.toMatchObject({ code: "feed.refused" });
    const url = await serve(() => undefined);
    await expect(read(url, { connectTimeoutMs: 50 })).rejects.toMatchObject({ code: "feed.refused" });
  });

  it.each(["edge.example.com", "ftp://edge.example.com", "https://user:t0p@edge.example.com"])(
    "refuses the address %s without quoting it",
    (address) => {
      expect(() => watchEdgeHost(address, options)).toThrow(/begins with https:/);
      expect(() => watchEdgeHost(address, options)).not.toThrow(/t0p/);
    },
  );

  it("goes to the path that the address has", async () => {
    let seen: string | undefined;
    const url = await serve((socket, path) => {
      seen = path;
      socket.close();
    });
    await expect(read(`${url}/proxied/feed?zone=a`)).rejects.toMatchObject({ code: "feed.refused" });
    expect(seen).toBe("/proxied/feed?zone=a");
  });
});
