import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HttpClientOptions, HttpClientProvider } from "../../../../src/providers/index.ts";
import { type AnsweringServer, startAnsweringServer } from "../../../conformance/answering-server.ts";
import { rows } from "../../../conformance/providers/demand.ts";
import { httpClientDemands } from "../../../conformance/providers/httpclient.ts";
import { LinkedActors } from "../../../conformance/providers/linked-actor.ts";
import { NOTHING } from "../../contracts/payloads.ts";
import { useWebServer } from "./web-server.ts";

const server = useWebServer();
const running: HttpClientProvider[] = [];
beforeEach(() => void server.asked.splice(0));
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(running.splice(0).map((provider) => provider.stop()));
});

describe("the HTTP client, like every one", () => {
  let answering: AnsweringServer;
  beforeAll(async () => {
    answering = await startAnsweringServer();
  });
  afterAll(() => answering.stop());

  it.each(rows(httpClientDemands))("%s", async (_, demand) => {
    await demand.run({
      origin: answering.origin,
      open: async (options) => new HttpClientProvider(options),
    });
  });
});

interface Answer {
  readonly statusCode: number;
  readonly status: string;
  readonly header: Record<string, string>;
  readonly body: Uint8Array;
}

type Ask = (path: string, request?: object) => Promise<Answer>;

async function client(values: Record<string, string> = {}, options: HttpClientOptions = {}): Promise<Ask> {
  const provider = new HttpClientProvider(options);
  running.push(provider);
  const actors = new LinkedActors(provider);
  await actors.link(values);
  return async (path, request = {}) =>
    (await actors.ask("Request", {
      method: "GET",
      url: path.startsWith("/") ? server.origin + path : path,
      headers: {},
      body: NOTHING,
      ...request,
    })) as Answer;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const failure = (message: string | RegExp, code = "provider.failure") =>
  expect.objectContaining({
    code,
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });

describe("a request", () => {
  it("is sent with method, query, headers and body, and answered with status, headers and body", async () => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    server.on("/echo", ({ body }, response) => {
      response.writeHead(201, { "x-one": "1", "content-type": "application/octet-stream" }).end(body);
    });
    const answer = await (await client())("/echo?a=b%20c", {
      method: "POST",
      headers: { "X-Custom": "yes", authorization: "Bearer t" },
      body,
    });
    expect(server.asked[0]).toMatchObject({
      method: "POST",
      url: "/echo?a=b%20c",
      headers: { "x-custom": "yes", authorization: "Bearer t", "content-length": "256" },
    });
    expect(answer).toMatchObject({ statusCode: 201, status: "Created", header: { "x-one": "1" } });
    expect(answer.body).toEqual(body);
  });

  it.each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("can be a %s", async (method) => {
    server.on("/any", (_, response) => response.end("ok"));
    const answer = await (await client())("/any", { method, body: Uint8Array.of(1, 2) });
    expect(server.asked).toMatchObject([{ method }]);
    const isSent = method !== "GET" && method !== "HEAD";
    expect([...(server.asked[0]?.body ?? [])]).toEqual(isSent ? [1, 2] : []);
    expect(text(answer.body)).toBe(method === "HEAD" ? "" : "ok");
  });

  it.each(["get", "FETCH", ""])("of the unknown method %j is refused in the words of old", async (method) => {
    await expect((await client())("/any", { method })).rejects.toEqual(
      failure(`unknown method:  ${method}`, "provider.bad_request"),
    );
    expect(server.asked).toEqual([]);
  });

  it.each(["CONNECT", "TRACE"])("of %s fails, since fetch cannot send it", async (method) => {
    await expect((await client())("/any", { method })).rejects.toEqual(
      failure(new RegExp(`^This platform cannot send ${method} to http`)),
    );
  });

  it.each([
    ...["ftp://example.com/", "file:///etc/passwd", "data:text/plain,x", "/relative", "", "http://"],
    "http://%ff@example.com/",
  ])("to %j is refused", async (url) => {
    const ask = await client();
    await expect(ask("", { url })).rejects.toMatchObject({ code: "provider.bad_request" });
  });

  it.each([
    ["a name with a line break", { "a\r\nb": "c" }],
    ["an empty name", { "": "c" }],
    ["a value that begins another header", { a: "b\r\nx-evil: 1" }],
    ["a value with a nul", { a: "b\0" }],
    ["a value that is no byte string", { a: "ключ" }],
  ])("with %s is refused, and nothing is sent", async (_, headers) => {
    await expect((await client())("/any", { headers })).rejects.toMatchObject({
      code: "provider.bad_request",
    });
    expect(server.asked).toEqual([]);
  });

  it("with a header that the platform takes out fails instead of being sent without", async () => {
    const Platform = Request;
    vi.stubGlobal(
      "Request",
      class extends Platform {
        override get headers(): Headers {
          const headers = new Headers(super.headers);
          headers.delete("cookie");
          return headers;
        }
      },
    );
    await expect((await client())("/any", { headers: { Cookie: "a=b" } })).rejects.toEqual(
      failure("This platform does not let a request have the header Cookie"),
    );
    expect(server.asked).toEqual([]);
  });

  it("needs a link", async () => {
    const actors = new LinkedActors(new HttpClientProvider());
    await expect(actors.ask("Request", { url: server.origin })).rejects.toMatchObject({
      code: "link.not_found",
    });
  });
});

describe("a response", () => {
  it("of any status is an answer", async () => {
    expect(await (await client())("/nowhere")).toMatchObject({ statusCode: 404, status: "Not Found" });
    server.on("/odd", (_, response) => response.writeHead(599, "Whatever").end());
    expect(await (await client())("/odd")).toMatchObject({ statusCode: 599, status: "" });
  });

  it("that is larger than allowed is an error, and not read to its end", async () => {
    server.on("/large", (_, response) => response.end(Buffer.alloc(2_000)));
    const exact = await client({}, { maxResponseBytes: 2_000 });
    expect((await exact("/large")).body.length).toBe(2_000);
    await expect((await client({}, { maxResponseBytes: 1_999 }))("/large")).rejects.toEqual(
      failure("The response has more than 1999 bytes", "input.too_large"),
    );
  });

  it("that never comes, or never ends, is a timeout in the words of the library of old", async () => {
    server.on("/silent", () => undefined);
    server.on("/endless", (_, response) => void response.write("a"));
    const ask = await client({ timeout: "1" });
    for (const path of ["/silent", "/endless"]) {
      await expect(ask(path)).rejects.toEqual(
        failure(`error sending request for url (${server.origin}${path}): operation timed out`),
      );
    }
  });

  it("of nobody is an error with the reason", async () => {
    await expect((await client())("http://127.0.0.1:1/")).rejects.toEqual(
      failure(/^error sending request for url \(http:\/\/127.0.0.1:1\/\): ./),
    );
  });
});

describe("a redirect", () => {
  const redirect = (path: string, status: number, location: string): void =>
    server.on(path, (_, response) => response.writeHead(status, { location }).end("moved"));

  it.each([
    [301, "GET", ""],
    [302, "GET", ""],
    [303, "GET", ""],
    [307, "POST", "body"],
    [308, "POST", "body"],
  ])("%i of a POST is followed with %s and the body %j", async (status, method, body) => {
    redirect("/from", status, "/to");
    server.on("/to", (_, response) => response.end("there"));
    const answer = await (await client())("/from", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: new TextEncoder().encode("body"),
    });
    expect(text(answer.body)).toBe("there");
    expect(server.asked[1]).toMatchObject({ method, url: "/to" });
    expect(server.asked[1]?.body.toString()).toBe(body);
    expect(server.asked[1]?.headers["content-type"]).toBe(body === "" ? undefined : "text/plain");
  });

  it("is followed as often as the link allows, ten times if it says nothing", async () => {
    redirect("/loop", 302, "/loop");
    await expect((await client())("/loop")).rejects.toEqual(
      failure(`error following redirect for url (${server.origin}/loop): too many redirects`),
    );
    expect(server.asked.length).toBe(11);
    server.asked.splice(0);
    await expect((await client({ max_redirects: "0" }))("/loop")).rejects.toEqual(
      failure(/too many redirects$/),
    );
    expect(server.asked.length).toBe(1);
  });

  it("to another host loses what is secret, on the same host it does not", async () => {
    redirect("/near", 302, "/any");
    redirect("/far", 302, `http://localhost:${server.port}/any`);
    server.on("/any", (_, response) => response.end());
    const hosts: (string | null)[] = [];
    const ask = await client(
      {},
      {
        fetch: (request) => {
          hosts.push(request.headers.get("host"));
          return fetch(request);
        },
      },
    );
    const headers = { Authorization: "secret", cookie: "secret", Host: "near.example", "x-other": "kept" };
    await ask("/near", { headers });
    expect(server.asked[1]?.headers).toMatchObject({ authorization: "secret", cookie: "secret" });
    server.asked.splice(0);
    await ask("/far", { headers });
    expect(server.asked[1]?.headers).toMatchObject({ "x-other": "kept" });
    expect(server.asked[1]?.headers).not.toHaveProperty("authorization");
    expect(server.asked[1]?.headers).not.toHaveProperty("cookie");
    expect(hosts).toEqual(["near.example", "near.example", "near.example", null]);
  });

  it.each(["file:///etc/hostname", "data:text/plain,there", "blob:nodedata:x", "ftp://127.0.0.1/"])(
    "to %s is not followed, whatever the platform can fetch",
    async (location) => {
      redirect("/from", 302, location);
      const fetched: string[] = [];
      const ask = await client(
        {},
        {
          fetch: (request) => {
            fetched.push(request.url);
            return fetch(request);
          },
        },
      );
      await expect(ask("/from")).rejects.toEqual(
        failure(/^error following redirect .*scheme is not allowed$/),
      );
      expect(fetched).toEqual([`${server.origin}/from`]);
    },
  );

  it("with credentials in its address is followed without them", async () => {
    redirect("/from", 302, `http://user:pass@127.0.0.1:${server.port}/any`);
    server.on("/any", (_, response) => response.end());
    await (await client())("/from");
    expect(server.asked[1]).toMatchObject({ url: "/any" });
    expect(server.asked[1]?.headers).not.toHaveProperty("authorization");
  });

  it("without a place to go to is an answer", async () => {
    server.on("/nowhere-to-go", (_, response) => response.writeHead(302).end("x"));
    expect(await (await client())("/nowhere-to-go")).toMatchObject({ statusCode: 302 });
  });

  it("that the platform hides is followed by it for a GET, and an error for a POST or an allow-list", async () => {
    redirect("/from", 302, "/to");
    server.on("/to", (_, response) => response.end("there"));
    const hiding = async (request: Request): Promise<Response> => {
      const response = await fetch(request);
      if (request.redirect === "manual" && response.status === 302) {
        Object.defineProperty(response, "type", { value: "opaqueredirect" });
      }
      return response;
    };
    const ask = await client({}, { fetch: hiding });
    expect(text((await ask("/from")).body)).toBe("there");
    server.asked.splice(0);
    await expect(ask("/from", { method: "POST" })).rejects.toEqual(failure(/: hidden$/));
    expect(server.asked.length).toBe(1);
    const listed = await client({ allowed_hosts: "127.0.0.1" }, { fetch: hiding });
    await expect(listed("/from")).rejects.toEqual(failure(/: hidden$/));
    const never = await client({ max_redirects: "0" }, { fetch: hiding });
    await expect(never("/from")).rejects.toEqual(failure(/too many redirects$/));
  });
});

describe("the allowed hosts", () => {
  const refused = (host: string) =>
    failure(`The host ${host} is not among the allowed hosts`, "provider.denied");

  it.each([
    ["127.0.0.1", true],
    ["*", true],
    ["example.com, 127.0.0.1", true],
    ["example.com", false],
    ["*.0.0.1", true],
    ["*.127.0.0.1", false],
    ["127.0.0.1:1", false],
  ])("%j: the server of this test may be asked: %j", async (allowed_hosts, isAllowed) => {
    server.on("/any", (_, response) => response.end());
    const asked = (await client({ allowed_hosts }))("/any");
    if (isAllowed) expect(await asked).toMatchObject({ statusCode: 200 });
    else await expect(asked).rejects.toEqual(refused(`127.0.0.1:${server.port}`));
    expect(server.asked.length).toBe(isAllowed ? 1 : 0);
  });

  it("of link and operator both count, also where a redirect leads", async () => {
    server.on("/from", (_, response) =>
      response.writeHead(302, { location: `http://localhost:${server.port}/secret` }).end(),
    );
    server.on("/secret", (_, response) => response.end("secret"));
    const ask = await client({ allowed_hosts: "*" }, { allowedHosts: ["127.0.0.1"] });
    await expect(ask("/from")).rejects.toEqual(refused(`localhost:${server.port}`));
    expect(server.asked.map(({ url }) => url)).toEqual(["/from"]);
  });

  it.each(["exa mple.com", "http://example.com", "a..b", "*foo", "a/b"])(
    "refuse the rule %j",
    async (rule) => {
      await expect(client({ allowed_hosts: rule })).rejects.toMatchObject({ code: "link.invalid" });
    },
  );
});

describe("the bounds of the client", () => {
  it.each([{ timeout: "soon" }, { timeout: "0" }, { timeout: "-1" }, { max_redirects: "x" }])(
    "malformed values refuse the link: %j",
    async (values) => {
      await expect(client(values)).rejects.toMatchObject({ code: "link.invalid" });
    },
  );

  it("an actor has only so many requests under way, and those end with its link", async () => {
    server.on("/silent", () => undefined);
    const provider = new HttpClientProvider({ maxRequests: 2 });
    const actors = new LinkedActors(provider);
    await actors.link();
    const request = { method: "GET", url: `${server.origin}/silent`, headers: {}, body: NOTHING };
    const waiting = [actors.ask("Request", request), actors.ask("Request", request)];
    const ended = Promise.allSettled(waiting);
    await expect(actors.ask("Request", request)).rejects.toMatchObject({ code: "provider.overloaded" });
    await actors.unlink();
    expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
