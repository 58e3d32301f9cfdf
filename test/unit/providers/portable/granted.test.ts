import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { providerWebSocket } from "../../../../node/index.ts";
import {
  DEFAULT_GRANT_LIMITS,
  GrantedServices,
  type GrantLimits,
  type ProviderAuthority,
  ProviderStorage,
} from "../../../../src/providers/index.ts";
import { MemoryStore } from "../../../../src/storage/index.ts";
import { useWebServer } from "../http/web-server.ts";
import { answering, bytes, start, text, until } from "./portable.ts";

const web = useWebServer();
let sockets: WebSocketServer;
let socketUrl: string;
beforeAll(async () => {
  sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => sockets.once("listening", resolve));
  socketUrl = `ws://127.0.0.1:${(sockets.address() as { port: number }).port}`;
  sockets.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => {
      const message = String(data);
      if (message === "bye") socket.close(4_001, "as you wish");
      else if (message === "flood") for (let index = 0; index < 64; index++) socket.send("x".repeat(1_000));
      else socket.send(data, { binary: isBinary });
    });
  });
});
afterAll(() => {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
});
beforeEach(() => void web.asked.splice(0));

function services(authority: Partial<ProviderAuthority>, limits: Partial<GrantLimits> = {}): GrantedServices {
  const all = { ...DEFAULT_GRANT_LIMITS, ...limits };
  return new GrantedServices({
    authority: { network: [], storage: false, ...authority },
    limits: all,
    storage: new ProviderStorage(new MemoryStore(), "VTEST", all),
    webSocket: providerWebSocket,
  });
}

/** What an expression gives in a provider that was granted something, as JSON, or its error as text. */
async function evaluated(granted: GrantedServices | undefined, expression: string): Promise<string> {
  const { provider } = await start(
    answering(`
      const show = (value) => JSON.stringify(value, (_, each) => each instanceof Uint8Array ? [...each] : each);
      const url = new TextDecoder().decode(payload);
      const run = async () => (${expression});
      const result = await run().then(show, (error) => "threw " + (error.code ?? error.name) + ": " + error.message);
      return new TextEncoder().encode(result)`),
    granted === undefined ? {} : { services: granted },
  );
  return text(await provider.handleCall("M", "op", bytes(web.origin)));
}

describe("a portable provider that was granted a host", () => {
  it("sends requests there, with method, headers and body, and reads the answer", async () => {
    web.on("/echo", ({ method, headers, body }, response) =>
      response.writeHead(201, { "x-answer": "1" }).end(`${method} ${headers["x-own"]} ${body}`),
    );
    const request = `{ method: "POST", url: url + "/echo", headers: { "x-own": "a" }, body: "hello" }`;
    const answer = JSON.parse(
      await evaluated(services({ network: ["127.0.0.1"] }), `await host.fetch(${request})`),
    );
    expect(answer).toMatchObject({ status: 201, statusText: "Created", headers: { "x-answer": "1" } });
    expect(text(Uint8Array.from(answer.body))).toBe("POST a hello");
  });

  it("may ask by an address alone", async () => {
    web.on("/plain", (_, response) => response.end("ok"));
    expect(
      await evaluated(services({ network: ["*"] }), `(await host.fetch(url + "/plain")).body.length`),
    ).toBe("2");
  });

  it("reaches no other host, nor by a redirect, and no other port if one is named", async () => {
    web.on("/away", (_, response) =>
      response.writeHead(302, { location: `http://localhost:${web.port}/echo` }).end(),
    );
    const granted = services({ network: [`127.0.0.1:${web.port}`] });
    const denied = /^"?threw provider.denied: The host .* is not among the allowed hosts/;
    for (const address of [
      `url + "/away"`,
      `url.replace("127.0.0.1", "localhost")`,
      `"http://127.0.0.1:1/"`,
    ]) {
      expect(await evaluated(granted, `await host.fetch(${address})`)).toMatch(denied);
    }
    expect(web.asked.map(({ url }) => url)).toEqual(["/away"]);
  });

  it.each([
    ["no address", `host.fetch({})`],
    ["a number", `host.fetch({ url: 7 })`],
    ["another scheme", `host.fetch("file:///etc/passwd")`],
    ["headers that are none", `host.fetch({ url, headers: { "a b": "c" } })`],
    ["a body that is none", `host.fetch({ url, method: "POST", body: 7 })`],
    ["what cannot be sent", `host.fetch({ url: () => 1 })`],
  ])("is told what is wrong with %s, and goes on", async (_, expression) => {
    expect(await evaluated(services({ network: ["*"] }), `await ${expression}`)).toMatch(/^threw /);
  });

  it("gets no more than the limit of an answer, and no more requests at a time", async () => {
    web.on("/silent", () => undefined);
    web.on("/long", (_, response) => response.end("x".repeat(101)));
    const granted = services({ network: ["127.0.0.1"] }, { maxResponseBytes: 100, maxRequests: 1 });
    expect(await evaluated(granted, `await host.fetch(url + "/long")`)).toMatch(/^threw input.too_large/);
    expect(
      await evaluated(granted, `await Promise.all([host.fetch(url + "/silent"), host.fetch(url + "/long")])`),
    ).toMatch(/^threw provider.overloaded/);
  });
});

describe("a portable provider that was granted storage", () => {
  it("keeps bytes under texts", async () => {
    const expression = `await (async () => {
      const { storage } = host;
      await storage.set("a/1", Uint8Array.of(1, 2));
      await storage.set("b", new Uint8Array(9).subarray(3, 5));
      await storage.delete("b");
      return [await storage.get("a/1"), await storage.get("b") === undefined, await storage.list(), await storage.list("b")];
    })()`;
    expect(JSON.parse(await evaluated(services({ storage: true }), expression))).toEqual([
      [1, 2],
      true,
      ["a/1"],
      [],
    ]);
  });

  it.each([
    ["a value that is no bytes", `host.storage.set("a", "text")`],
    ["a key that is no text", `host.storage.get(7)`],
    ["an empty key", `host.storage.set("", new Uint8Array(1))`],
  ])("is told what is wrong with %s", async (_, expression) => {
    expect(await evaluated(services({ storage: true }), `await ${expression}`)).toMatch(
      /^threw (TypeError|provider.bad_request|input.invalid)/,
    );
  });
});

describe("a portable provider that opens WebSockets", () => {
  /** A provider that hands on what it gets: `send` to the socket, and what comes to the log. */
  const TALKER = `
    let socket;
    export default (host) => ({
      async handleCall(actor, operation, payload) {
        const data = new TextDecoder().decode(payload);
        if (operation === "open") {
          socket = await host.connect(data, {
            onMessage: (message) => console.log(typeof message, message.length),
            onClose: ({ code, reason }) => console.log("closed", code, reason),
          });
        }
        if (operation === "text") await socket.send(data);
        if (operation === "bytes") await socket.send(payload);
        if (operation === "close") await socket.close(3000, "done");
        if (operation === "wait") await new Promise(() => undefined);
      },
    });`;

  async function talker(granted: GrantedServices) {
    const started = await start(TALKER, { services: granted });
    return {
      ...started,
      say: (operation: string, data = "") => started.provider.handleCall("M", operation, bytes(data)),
    };
  }

  it("sends and gets texts and bytes, until the other side closes", async () => {
    const { say, lines } = await talker(services({ network: ["127.0.0.1"] }));
    await say("open", socketUrl);
    await say("text", "hello");
    await say("bytes", "hi");
    await say("text", "bye");
    await until(() => lines.length === 3);
    expect(lines).toEqual(["string 5", "object 2", "closed 4001 as you wish"]);
    await expect(say("text", "more")).rejects.toThrow(/no open WebSocket/);
  });

  it("closes them itself, and they are closed when it ends", async () => {
    const { say, provider } = await talker(services({ network: ["127.0.0.1"] }));
    await say("open", socketUrl);
    await say("close");
    await until(() => sockets.clients.size === 0);
    await say("open", socketUrl);
    expect(sockets.clients.size).toBe(1);
    await provider.stop();
    await until(() => sockets.clients.size === 0);
  });

  it("is refused other hosts, other schemes, credentials, and more than so many", async () => {
    const { say } = await talker(services({ network: ["127.0.0.1"] }, { maxSockets: 1 }));
    await expect(say("open", socketUrl.replace("127.0.0.1", "localhost"))).rejects.toThrow(/allowed hosts/);
    await expect(say("open", "http://127.0.0.1/")).rejects.toThrow(/ws:/);
    await expect(say("open", socketUrl.replace("ws://", "ws://a:b@"))).rejects.toThrow(/ws:/);
    await expect(say("open", "ws://127.0.0.1:1/")).rejects.toThrow(/No WebSocket can be opened/);
    await say("open", socketUrl);
    await expect(say("open", socketUrl)).rejects.toThrow(/open already/);
  });

  it("loses one on which more comes than it deals with", async () => {
    const { say, lines } = await talker(
      services({ network: ["127.0.0.1"] }, { maxSocketBacklogBytes: 2_000 }),
    );
    await say("open", socketUrl);
    await say("text", "flood");
    await until(() => lines.some((line) => line.startsWith("closed 1008")));
  });
});

describe("a portable provider that was granted nothing", () => {
  it.each([
    `host.fetch(url)`,
    `host.storage.get("a")`,
    `host.storage.set("a", new Uint8Array(1))`,
    `host.connect("ws://127.0.0.1/")`,
  ])("cannot %s", async (expression) => {
    expect(await evaluated(undefined, `await ${expression}`)).toMatch(/^threw provider.denied/);
    expect(await evaluated(services({}), `await ${expression}`)).toMatch(/^threw provider.denied/);
    expect(web.asked).toEqual([]);
  });
});
