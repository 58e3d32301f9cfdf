import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeHttpServerProvider } from "../../../node/index.ts";
import { LACKING_IN_NODE_SERVER } from "../../conformance/providers/ability.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { httpServerDemands } from "../../conformance/providers/httpserver.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";
import { sendTo } from "./send-to.ts";

const [ACTOR, OTHER] = [`M${"A".repeat(55)}`, `M${"B".repeat(55)}`];
const LOCAL = { BIND: "127.0.0.1:0" };
let provider: NodeHttpServerProvider;
let actors: LinkedActors;

beforeEach(() => {
  provider = new NodeHttpServerProvider();
  actors = new LinkedActors(provider);
  actors.answer = ({ message }) => ({
    statusCode: 201,
    status: "Created",
    header: { "x-method": (message as { method: string }).method },
    body: (message as { body: Uint8Array }).body,
  });
});
afterEach(() => provider.stop());

/** Where an actor answers. */
function origin(actor = ACTOR): string {
  const [address] = provider.addressesOf(actor);
  return `http://${address?.host}:${address?.port}`;
}

/** What comes back for bytes that no client would send. */
function raw(text: string): Promise<string> {
  const { port = 0 } = provider.addressesOf(ACTOR)[0] ?? {};
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("the HTTP server of hosts in Node.js, like every one", () => {
  it.each(rows(httpServerDemands, LACKING_IN_NODE_SERVER))("%s", async (_, demand) => {
    await demand.run((options) => {
      const server = new NodeHttpServerProvider(options);
      return {
        provider: server,
        scheme: "http",
        values: LOCAL,
        fetch: (sent, actor) => sendTo(server.addressesOf(actor)[0], sent),
      };
    });
  });
});

describe("the HTTP server of hosts in Node.js", () => {
  it("hands requests to the actor of the port, and its answers back", async () => {
    await actors.link(LOCAL, ACTOR);
    const body = Uint8Array.from({ length: 300_000 }, (_, at) => at % 256);
    const response = await fetch(`${origin()}/a/b?c=d`, { method: "POST", body, headers: { "x-own": "1" } });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-method")).toBe("POST");
    expect(Buffer.from(body).equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(actors.delivered[0]).toMatchObject({
      actor: ACTOR,
      operation: "HandleRequest",
      message: { path: "/a/b", queryString: "c=d", header: { "x-own": "1", host: origin().slice(7) } },
    });
    const head = await fetch(origin(), { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([201, ""]);
  });

  it("takes a path of two slashes for a path, and reads the address of proxies", async () => {
    await actors.link(LOCAL, ACTOR);
    for (const target of ["//other.example/a", "http://other.example/b"]) {
      await raw(`GET ${target} HTTP/1.1\r\nHost: own.example\r\nConnection: close\r\n\r\n`);
    }
    expect(actors.delivered).toMatchObject([
      { message: { path: "//other.example/a", header: { host: "own.example" } } },
      { message: { path: "/b" } },
    ]);
  });

  it("keeps the ports of actors apart, and gives them back", async () => {
    await actors.link(LOCAL, ACTOR);
    await actors.link({ BIND: "127.0.0.1:0, 127.0.0.1:0" }, OTHER);
    expect(provider.addressesOf(OTHER)).toHaveLength(2);
    await fetch(origin(OTHER));
    expect(actors.delivered.map(({ actor }) => actor)).toEqual([OTHER]);
    const freed = origin();
    await actors.unlink(ACTOR);
    await expect(fetch(freed)).rejects.toThrow();
    await actors.link({ BIND: freed.slice(7) }, OTHER);
    expect(origin(OTHER)).toBe(freed);
  });

  it("goes on where a link is told again, or has other paths, and listens elsewhere where it says so", async () => {
    await actors.link(LOCAL, ACTOR);
    const before = origin();
    await actors.link(LOCAL, ACTOR);
    expect(origin()).toBe(before);
    await actors.link({ ...LOCAL, PATH: "/app" }, ACTOR);
    expect(origin()).toBe(before);
    expect((await fetch(`${origin()}/other`)).status).toBe(404);
    expect((await fetch(`${origin()}/app/x`)).status).toBe(201);
    expect(actors.delivered[0]?.message).toMatchObject({ path: "/x" });
    await actors.link({ BIND: "127.0.0.1:0,127.0.0.1:0" }, ACTOR);
    expect(provider.addressesOf(ACTOR)).toHaveLength(2);
    expect(origin()).toBe(before);
    await actors.link({ BIND: "localhost:0" }, ACTOR);
    await expect(fetch(before)).rejects.toThrow();
    expect((await fetch(origin())).status).toBe(201);
  });

  it("refuses a link whose port is taken, and one whose values are wrong, and serves on", async () => {
    await actors.link(LOCAL, ACTOR);
    const taken = { BIND: origin().slice(7) };
    await expect(actors.link(taken, OTHER)).rejects.toMatchObject({ code: "link.invalid" });
    await actors.link(LOCAL, OTHER);
    const elsewhere = origin(OTHER);
    const halfTaken = { BIND: `127.0.0.1:0,${taken.BIND}` };
    await expect(actors.link(halfTaken, OTHER)).rejects.toMatchObject({ code: "link.invalid" });
    expect(origin(OTHER)).toBe(elsewhere);
    expect((await fetch(elsewhere)).status).toBe(201);
    await expect(actors.link({ PORT: "http" }, ACTOR)).rejects.toMatchObject({ code: "link.invalid" });
    await expect(actors.link({ BIND: "nowhere" }, ACTOR)).rejects.toMatchObject({ code: "link.invalid" });
    expect((await fetch(origin())).status).toBe(201);
  });

  it("answers a request that is none, and one that is too long", async () => {
    await actors.link(LOCAL, ACTOR);
    expect(await raw("GET / HTTP/1.1\r\nhost: a b\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
    const long = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\n\r\nx";
    expect(await raw(long)).toMatch(/^HTTP\/1.1 413 /);
    expect(actors.delivered).toEqual([]);
  });

  it("gets its answer to those who are still sending what is too much", async () => {
    await actors.link(LOCAL, ACTOR);
    let left = 300;
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close()),
    });
    const request = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await fetch(origin(), request)).status).toBe(413);
    expect(actors.delivered).toEqual([]);
  });

  it("gives a large answer whole to a request whose body nobody wants", async () => {
    await actors.link(LOCAL, ACTOR);
    const body = new Uint8Array(8_000_000);
    actors.answer = () => ({ statusCode: 200, status: "OK", header: {}, body });
    const head = `GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 300000\r\n\r\n`;
    const answer = await raw(head + "x".repeat(300_000));
    expect(answer.length).toBeGreaterThan(body.length);
  });

  it("tells of an actor that fails", async () => {
    await actors.link(LOCAL, ACTOR);
    actors.answer = () => {
      throw new Error("no");
    };
    expect((await fetch(origin())).status).toBe(500);
  });

  it("leaves nothing behind", async () => {
    await actors.link(LOCAL, ACTOR);
    const before = origin();
    await provider.stop();
    await provider.stop();
    await expect(fetch(before)).rejects.toThrow();
    await expect(provider.handleCall(ACTOR, "Other", new Uint8Array())).rejects.toThrow("bad dispatch");
  });
});
