import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type NatsServerOptions, startNatsServer } from "../../node/lattice/nats-server.ts";
import { asHostError, type HostError } from "../../src/errors/index.ts";
import {
  type ConnectionStatus,
  connectNats,
  type LatticeConnection,
  type NatsOptions,
} from "../../src/lattice/index.ts";
import { Counters } from "../../src/telemetry/index.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { makeJwtAuthority } from "./nats-jwt.ts";

const server = useNatsServer({ config: "max_payload: 65536" });
const open: LatticeConnection[] = [];
const sockets = new Set<WebSocket>();

async function connect(options: Partial<NatsOptions> = {}): Promise<LatticeConnection> {
  const connection = await connectNats({
    servers: server.current.webSocketUrl,
    webSocketFactory: openSocket,
    reconnectWaitMs: 50,
    ...options,
  });
  open.push(connection);
  return connection;
}

function openSocket(url: string): WebSocket {
  const socket = new WebSocket(url);
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  return socket;
}

async function ownServer(options: NatsServerOptions): Promise<Awaited<ReturnType<typeof startNatsServer>>> {
  const own = await startNatsServer(options);
  onTestFinished(() => own.stop());
  return own;
}

function failure(work: Promise<unknown>): Promise<HostError> {
  return work.then(
    () => Promise.reject(new Error("It did not fail")),
    (error: unknown) => asHostError(error),
  );
}

/** Waits for a status, and tells all that came until then. */
function heard(connection: LatticeConnection): {
  readonly all: ConnectionStatus[];
  until(type: string): Promise<void>;
} {
  const all: ConnectionStatus[] = [];
  connection.onStatus((status) => all.push(status));
  return {
    all,
    async until(type) {
      while (!all.some((status) => status.type === type)) await sleep(5);
    },
  };
}

const text = (data: Uint8Array): string => Buffer.from(data).toString();
const bytes = (data: string): Uint8Array => new Uint8Array(Buffer.from(data));

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});

describe("connecting", () => {
  test("tells what it is connected to", async () => {
    const connection = await connect();
    expect(connection.state).toBe("connected");
    expect(`ws://${connection.server}`).toBe(server.current.webSocketUrl);
    expect(connection.serverVersion).toMatch(/^2\./);
    expect(connection.maxPayload).toBe(65_536);
  });

  test("fails where nobody listens, and leaves no socket", async () => {
    const error = await failure(connect({ servers: "ws://127.0.0.1:9" }));
    expect(error.code).toBe("lattice.connect_failed");
    expect(error.message).toContain("Could not connect to ws://127.0.0.1:9: connect ECONNREFUSED");
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("fails in time where nobody answers, and leaves no socket", async () => {
    const mute = createServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    onTestFinished(() => void mute.close());
    const address = mute.address();
    const port = typeof address === "object" ? address?.port : 0;
    const error = await failure(connect({ servers: `ws://127.0.0.1:${port}`, connectTimeoutMs: 100 }));
    expect(error.message).toContain("the server did not answer in time");
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("uses another server if the first is away", async () => {
    const connection = await connect({ servers: ["ws://127.0.0.1:9", server.current.webSocketUrl] });
    expect(connection.state).toBe("connected");
  });

  test("takes user and password, or a token, and says when they are wrong", async () => {
    const guarded = await ownServer({ config: 'authorization { user: "u", password: "p" }' });
    const servers = guarded.webSocketUrl;
    await connect({ servers, credentials: { user: "u", pass: "p" } });
    const error = await failure(connect({ servers, credentials: { user: "u", pass: "wrong" } }));
    expect(error.message).toBe(`Could not connect to ${servers}: the server does not accept the credentials`);
    expect(error.hint).toContain("Check the user name");
    const tokened = await ownServer({ config: 'authorization { token: "t" }' });
    await connect({ servers: tokened.webSocketUrl, credentials: { token: "t" } });
  });

  test("takes a credentials file, or a user JWT with its seed", async () => {
    const { config, userJwt, userSeed, credsFile } = makeJwtAuthority();
    const guarded = await ownServer({ config });
    const servers = guarded.webSocketUrl;
    const byFile = await connect({ servers, credentials: { credsFile } });
    const byJwt = await connect({ servers, credentials: { jwt: userJwt, seed: userSeed } });
    expect([byFile.state, byJwt.state]).toEqual(["connected", "connected"]);
    expect((await failure(connect({ servers }))).message).toContain("does not accept the credentials");
  });

  test("says when a credentials file or seed cannot be read", async () => {
    const guarded = await ownServer({
      config:
        'authorization { users: [{ nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4" }] }',
    });
    const servers = guarded.webSocketUrl;
    const creds = await failure(connect({ servers, credentials: { credsFile: "nonsense" } }));
    expect(creds.message).toContain("the credentials file cannot be read");
    const seed = await failure(connect({ servers, credentials: { jwt: "x", seed: "nonsense" } }));
    expect(seed.code).toBe("lattice.connect_failed");
    expect(seed.message).not.toContain("nonsense");
  });
});

describe("messages", () => {
  test("reach plain subscribers all, and one of a queue group", async () => {
    const [one, two] = [await connect(), await connect()];
    const got: string[] = [];
    for (const connection of [one, two]) {
      connection.subscribe("a.*", { onMessage: (message) => void got.push(`plain ${text(message.data)}`) });
      connection.subscribe("a.b", {
        queue: "a.b",
        onMessage: (message) => void got.push(`queue ${message.subject}`),
      });
      await connection.flush();
    }
    one.publish("a.b", bytes("hi"));
    await one.flush();
    await two.flush();
    await expect.poll(() => [...got].sort()).toEqual(["plain hi", "plain hi", "queue a.b"]);
  });

  test("are answered", async () => {
    const [one, two] = [await connect(), await connect()];
    one.subscribe("echo", { onMessage: (message) => message.respond(message.data) });
    await one.flush();
    expect(text(await two.request("echo", bytes("hello"), { timeoutMs: 1_000 }))).toBe("hello");
  });

  test("without an expected answer can be responded to without effect", async () => {
    const connection = await connect();
    const replies: (string | undefined)[] = [];
    connection.subscribe("quiet", {
      onMessage: (message) => {
        replies.push(message.reply);
        message.respond(bytes("ignored"));
      },
    });
    connection.publish("quiet", bytes(""));
    await expect.poll(() => replies).toEqual([undefined]);
  });

  test("can be answered many times, to an inbox", async () => {
    const connection = await connect();
    const inbox = connection.newInbox();
    const got: string[] = [];
    connection.subscribe(inbox, { onMessage: (message) => void got.push(text(message.data)) });
    connection.subscribe("count", {
      onMessage: (message) => {
        for (const answer of ["1", "2", "3"]) message.respond(bytes(answer));
      },
    });
    connection.publish("count", bytes(""), { reply: inbox });
    await expect.poll(() => got).toEqual(["1", "2", "3"]);
  });

  test("stop when the subscription is closed, and closing twice is fine", async () => {
    const connection = await connect();
    const got: string[] = [];
    const subscription = connection.subscribe("s", {
      onMessage: (message) => void got.push(text(message.data)),
    });
    connection.publish("s", bytes("1"));
    await subscription.close();
    await subscription.close();
    connection.publish("s", bytes("2"));
    await connection.flush();
    expect(got).toEqual(["1"]);
  });

  test("still arrive after a handler threw or rejected", async () => {
    const counters = new Counters();
    const connection = await connect({ counters });
    const got: string[] = [];
    connection.subscribe("bad", {
      onMessage: (message) => {
        got.push(text(message.data));
        throw new Error("thrown");
      },
    });
    connection.subscribe("bad", {
      onMessage: async () => {
        throw new Error("rejected");
      },
    });
    for (let i = 0; i < 3; i++) connection.publish("bad", bytes(String(i)));
    await connection.flush();
    await expect.poll(() => got).toEqual(["0", "1", "2"]);
    await expect.poll(() => counters.get("lattice.handler_failed")).toBe(6);
  });

  test("to or from subjects that are none are refused", async () => {
    const connection = await connect();
    for (const subject of ["", "a b", "a\r\nPUB x 0\r\n\r\n", "a.*"]) {
      expect(() => connection.publish(subject, bytes(""))).toThrow("not a valid subject");
      expect((await failure(connection.request(subject, bytes(""), { timeoutMs: 50 }))).code).toBe(
        "input.invalid",
      );
    }
    expect(() => connection.subscribe("a b", { onMessage: () => {} })).toThrow("not a valid subject");
    expect(() => connection.subscribe("a", { queue: "q q", onMessage: () => {} })).toThrow(
      "not a valid subject",
    );
  });
});

describe("requests", () => {
  test("time out", async () => {
    const connection = await connect();
    connection.subscribe("mute", { onMessage: () => {} });
    await connection.flush();
    expect(await failure(connection.request("mute", bytes(""), { timeoutMs: 50 }))).toMatchObject({
      code: "lattice.timeout",
      message: "RPC call timed out",
    });
  });

  test("fail at once where nobody is subscribed", async () => {
    const connection = await connect();
    expect(await failure(connection.request("nobody", bytes(""), { timeoutMs: 60_000 }))).toMatchObject({
      code: "lattice.transport",
      message: "RPC error: no responders",
    });
  });

  test("of many collect what comes in time, up to a number", async () => {
    const connections = [await connect(), await connect(), await connect()];
    for (const [index, each] of connections.entries()) {
      each.subscribe("poll", { onMessage: (message) => message.respond(bytes(String(index))) });
      await each.flush();
    }
    const [asker] = connections;
    const all = await asker?.requestMany("poll", bytes(""), { waitMs: 500 });
    expect(all?.map(text).sort()).toEqual(["0", "1", "2"]);
    expect(await asker?.requestMany("poll", bytes(""), { waitMs: 5_000, maxReplies: 2 })).toHaveLength(2);
    expect(await asker?.requestMany("nobody", bytes(""), { waitMs: 5_000 })).toEqual([]);
  });

  test("are bounded in number", async () => {
    const connection = await connect({ maxPendingRequests: 2 });
    connection.subscribe("mute", { onMessage: () => {} });
    const ask = () => failure(connection.request("mute", bytes(""), { timeoutMs: 100 }));
    const codes = (await Promise.all([ask(), ask(), ask()])).map((error) => error.code);
    expect(codes).toEqual(["lattice.timeout", "lattice.timeout", "lattice.overloaded"]);
    expect((await ask()).code).toBe("lattice.timeout");
  });
});

describe("payloads", () => {
  test("of the server's limit pass, above it nothing is sent", async () => {
    const connection = await connect();
    connection.subscribe("size", {
      onMessage: (message) => message.respond(bytes(String(message.data.length))),
    });
    const ask = (size: number) => connection.request("size", new Uint8Array(size), { timeoutMs: 1_000 });
    expect(text(await ask(65_536))).toBe("65536");
    expect(await failure(ask(65_537))).toMatchObject({
      code: "lattice.payload_too_large",
      details: { limit: 65_536 },
    });
    expect(() => connection.publish("size", new Uint8Array(65_537))).toThrow("larger than the 65536 bytes");
    expect(connection.state).toBe("connected");
  });

  test("of an answer above the limit are refused to the one who answers", async () => {
    const connection = await connect();
    connection.subscribe("big", {
      onMessage: (message) => {
        try {
          message.respond(new Uint8Array(65_537));
        } catch (error) {
          message.respond(bytes(asHostError(error).code));
        }
      },
    });
    const answer = await connection.request("big", bytes(""), { timeoutMs: 1_000 });
    expect(text(answer)).toBe("lattice.payload_too_large");
  });
});

describe("writing", () => {
  test("faster than the server reads is refused until it has read", async () => {
    const slow = await ownServer({});
    const connection = await connect({ servers: slow.webSocketUrl, maxBufferedBytes: 1_000_000 });
    const publishMany = () => {
      for (let i = 0; i < 1_000; i++) connection.publish("burst", new Uint8Array(60_000));
    };
    process.kill(slow.pid, "SIGSTOP");
    try {
      expect(publishMany).toThrow("does not read as fast");
    } finally {
      process.kill(slow.pid, "SIGCONT");
    }
    await connection.flush();
    connection.publish("burst", new Uint8Array(60_000));
    await connection.flush();
  });
});

describe("permissions", () => {
  test("that are missing are told, and the connection stays", async () => {
    const limited = await ownServer({
      config:
        'authorization { users: [{ user: u, password: p, permissions: { subscribe: ["ok", "_INBOX.>"], publish: ["ok"] } }] }',
    });
    const connection = await connect({
      servers: limited.webSocketUrl,
      credentials: { user: "u", pass: "p" },
    });
    const status = heard(connection);
    connection.subscribe("secret", { onMessage: () => {} });
    connection.publish("other", bytes(""));
    await connection.flush();
    const subjects = () =>
      status.all.flatMap((each) =>
        each.type === "error" ? [each.error.code, each.error.details["subject"]] : [],
      );
    await expect.poll(subjects).toEqual(["lattice.forbidden", "secret", "lattice.forbidden", "other"]);
    expect(await failure(connection.request("third", bytes(""), { timeoutMs: 5_000 }))).toMatchObject({
      code: "lattice.forbidden",
      details: { operation: "publish", subject: "third" },
    });
    expect(connection.state).toBe("connected");
  });
});

describe("reconnecting", () => {
  test("brings the subscriptions back after the server was away", async () => {
    const first = await startNatsServer();
    const ports = {
      port: Number(new URL(first.url).port),
      webSocketPort: Number(new URL(first.webSocketUrl).port),
    };
    const connection = await connect({ servers: first.webSocketUrl });
    connection.subscribe("echo", { onMessage: (message) => message.respond(message.data) });
    await connection.flush();
    const status = heard(connection);
    await first.stop();
    await status.until("disconnected");
    expect(() => connection.publish("echo", bytes(""))).toThrow("Not connected to the lattice");
    expect((await failure(connection.request("echo", bytes(""), { timeoutMs: 50 }))).code).toBe(
      "lattice.not_connected",
    );
    expect((await failure(connection.flush())).code).toBe("lattice.not_connected");
    connection.subscribe("new", { onMessage: (message) => message.respond(bytes("new")) });
    await status.until("reconnecting");
    await ownServer(ports);
    await status.until("connected");
    expect(connection.state).toBe("connected");
    expect(text(await connection.request("echo", bytes("again"), { timeoutMs: 1_000 }))).toBe("again");
    expect(text(await connection.request("new", bytes(""), { timeoutMs: 1_000 }))).toBe("new");
    expect(status.all.map((each) => each.type)).toContain("reconnecting");
  });

  test("goes on while the credentials are refused, until they are good", async () => {
    const config = (pass: string) => `authorization { user: u, password: ${pass} }`;
    const first = await startNatsServer({ config: config("p") });
    const ports = {
      port: Number(new URL(first.url).port),
      webSocketPort: Number(new URL(first.webSocketUrl).port),
    };
    const connection = await connect({ servers: first.webSocketUrl, credentials: { user: "u", pass: "p" } });
    const status = heard(connection);
    await first.stop();
    await status.until("disconnected");
    const second = await startNatsServer({ ...ports, config: config("changed") });
    await expect.poll(() => status.all.filter((each) => each.type === "error").length).toBeGreaterThan(3);
    await second.stop();
    await ownServer({ ...ports, config: config("p") });
    await status.until("connected");
    expect(connection.state).toBe("connected");
  });
});

describe("closing", () => {
  test("twice is fine, ends what waits, tells it once, and leaves nothing", async () => {
    const connection = await connect();
    const status = heard(connection);
    connection.subscribe("mute", { onMessage: () => {} });
    const waiting = failure(connection.request("mute", bytes(""), { timeoutMs: 10_000 }));
    await connection.flush();
    await Promise.all([connection.close(), connection.close()]);
    await connection.close();
    expect((await waiting).code).toBe("lattice.not_connected");
    expect(connection.state).toBe("closed");
    expect(status.all).toEqual([{ type: "closed" }]);
    await expect.poll(() => sockets.size).toBe(0);
    expect(() => connection.publish("a", bytes(""))).toThrow("Not connected");
    expect(() => connection.subscribe("a", { onMessage: () => {} })).toThrow("Not connected");
    expect((await failure(connection.request("a", bytes(""), { timeoutMs: 50 }))).code).toBe(
      "lattice.not_connected",
    );
  });

  test("sends what was published before", async () => {
    const other = await connectClient(server.current.webSocketUrl);
    onTestFinished(() => other.close());
    const got: string[] = [];
    other.subscribe("last", { callback: (_error, message) => void got.push(message.string()) });
    await other.flush();
    const connection = await connect();
    connection.publish("last", bytes("words"));
    await connection.close();
    await expect.poll(() => got).toEqual(["words"]);
  });

  test("while the server is away does not wait for it, and leaves nothing", async () => {
    const own = await startNatsServer();
    const connection = await connect({ servers: own.webSocketUrl });
    const status = heard(connection);
    await own.stop();
    await status.until("disconnected");
    await connection.close();
    expect(connection.state).toBe("closed");
    await expect.poll(() => sockets.size).toBe(0);
  });
});
