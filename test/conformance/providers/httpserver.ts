import { type Demand, refused, same } from "./demand.ts";
import { ACTOR, type OpenHttpServer, OTHER, Site } from "./httpserver-site.ts";

const demand = (
  title: string,
  run: (site: Site) => Promise<void>,
  { timeoutMs = 5_000, ...marks }: Pick<Demand<never>, "needs"> & { readonly timeoutMs?: number } = {},
): Demand<OpenHttpServer> => ({
  title,
  ...marks,
  run: async (open) => {
    const setting = open({ maxBodyBytes: 8 * 1024 * 1024, maxRequests: 3, timeoutMs });
    try {
      await run(new Site(setting));
    } finally {
      await setting.provider.stop();
    }
  },
});
const ONE_ADDRESS = { needs: "one-address" } as const;

/** Bytes without a period that pieces of them could be mistaken by. */
function largeBody(length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  for (let at = 0; at < length; at += 4_093) body[at] = (at * 31) >> 8;
  return body;
}

async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

const messages: readonly Demand<OpenHttpServer>[] = [
  demand(
    "an actor gets method, path, query, headers and body, and its answer comes back whole",
    async (site) => {
      await site.link({ PATH: "/app" });
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      const header = { "Content-Type": "application/octet-stream", "x-one": 'a;b="c"' };
      site.answer({ statusCode: 201, status: "ignored", header, body });
      const init = { method: "POST", body, headers: { "X-Custom": "yes", "content-type": "image/png" } };
      const response = await site.fetch("/app/a%20b/c?x=1&y=%C3%A9&x=2", init);
      same(site.actors.delivered[0]?.actor, ACTOR);
      const [asked] = site.asked;
      same([asked?.method, asked?.path, asked?.queryString], ["POST", "/a%20b/c", "x=1&y=%C3%A9&x=2"]);
      same([asked?.header["x-custom"], asked?.header["content-type"]], ["yes", "image/png"]);
      same([asked?.header["host"], asked?.header["x-forwarded-prefix"]], ["site.test", "/app"]);
      same(asked?.body, body);
      same([response.status, response.statusText], [201, "Created"]);
      same(response.headers.get("content-type"), "application/octet-stream");
      same(response.headers.get("x-one"), 'a;b="c"');
      same(new Uint8Array(await response.arrayBuffer()), body);
    },
  ),
  demand("bodies of 8 MiB are intact both ways, and one byte more is refused", async (site) => {
    await site.link({ PATH: "/" });
    const body = largeBody(8 * 1024 * 1024);
    site.answer({ body });
    const response = await site.fetch("/", { method: "PUT", body });
    const back = new Uint8Array(await response.arrayBuffer());
    const [asked] = site.asked;
    const expected = await digest(body);
    for (const arrived of [back, asked?.body ?? new Uint8Array(0)]) same(await digest(arrived), expected);
    const [status] = await site.page("/", { method: "PUT", body: new Uint8Array(body.length + 1) });
    same([status, site.asked.length], [413, 1]);
  }),
  demand("repeated request headers arrive together", async (site) => {
    await site.link({ PATH: "/" });
    const headers = new Headers([
      ["accept", "text/html"],
      ["accept", "text/plain"],
    ]);
    await site.fetch("/", { headers });
    same(site.asked[0]?.header["accept"], "text/html, text/plain");
  }),
  demand("nobody else tells the actor where it is", async (site) => {
    await site.link({ PATH: "/" });
    await site.fetch("/", { headers: { "x-forwarded-prefix": "/evil" } });
    same(site.asked[0]?.header["x-forwarded-prefix"], undefined);
  }),
  demand("every method comes through, and HEAD, 204 and 304 have no body", async (site) => {
    await site.link({ PATH: "/" });
    site.answer({ body: new TextEncoder().encode("text"), header: { "content-length": "999" } });
    for (const method of ["GET", "DELETE", "PATCH", "OPTIONS", "HEAD"]) {
      const response = await site.fetch("/", { method });
      same([method, await response.text()], [method, method === "HEAD" ? "" : "text"]);
      same(response.headers.get("content-length") === "999", method === "HEAD");
    }
    same(
      site.asked.map(({ method }) => method),
      ["GET", "DELETE", "PATCH", "OPTIONS", "HEAD"],
    );
    for (const statusCode of [204, 205, 304]) {
      site.answer({ statusCode, body: Uint8Array.of(1) });
      same(await site.page("/"), [statusCode, ""]);
    }
  }),
  demand(
    "cookies are the actor's to set",
    async (site) => {
      await site.link({ PATH: "/" });
      site.answer({ header: { "Set-Cookie": "a=b; HttpOnly" } });
      same((await site.fetch("/")).headers.getSetCookie(), ["a=b; HttpOnly"]);
    },
    { needs: "all-headers" },
  ),
  demand("headers of the connection are not the actor's to set", async (site) => {
    await site.link({ PATH: "/" });
    const own = { Connection: "x-kept", "transfer-encoding": "gzip", "keep-alive": "timeout=999" };
    site.answer({ header: { ...own, "x-kept": "1" } });
    const { headers } = await site.fetch("/");
    for (const [name, value] of Object.entries(own)) same(headers.get(name) === value, false);
    same(headers.get("x-kept"), "1");
  }),
];

const routes: readonly Demand<OpenHttpServer>[] = [
  demand(
    "each actor has the path of its key, if its link says nothing",
    async (site) => {
      await site.link();
      await site.fetch(`/${ACTOR}`);
      await site.fetch(`/${ACTOR}/x`);
      same(
        site.asked.map(({ path }) => path),
        ["/", "/x"],
      );
      same((await site.page("/other"))[0], 404);
      same((await site.page(`/${ACTOR}x`))[0], 404);
    },
    ONE_ADDRESS,
  ),
  demand(
    "the host goes before any host, and the longest path before others",
    async (site) => {
      const actors = ["C", "D", "E"].map((letter) => `M${letter.repeat(55)}`);
      const [root = "", deep = "", hosted = ""] = actors;
      await site.link({ PATH: "/" }, root);
      await site.link({ PATH: "/a/b/" }, deep);
      await site.link({ HOST: "Other.test, third.test:8443" }, hosted);
      const asked: [string, string][] = [
        ["https://site.test", "/a"],
        ["https://site.test", "/a/b"],
        ["https://site.test", "/a/b/c"],
        ["https://site.test", "/a/bc"],
        ["https://other.test", "/a/b"],
        ["https://third.test", "/x"],
        ["https://third.test:8443", "/x"],
      ];
      for (const [origin, path] of asked) await site.fetch(path, { origin });
      same(
        site.actors.delivered.map(({ actor }) => actor),
        [root, deep, deep, root, hosted, root, hosted],
      );
    },
    ONE_ADDRESS,
  ),
  demand(
    "two actors cannot have one path",
    async (site) => {
      await site.link({ PATH: "/a" });
      await refused(site.link({ PATH: "/a/" }, OTHER), "link.invalid", /belongs to the actor M/);
      await site.link({ PATH: "/a", HOST: "other.test" }, OTHER);
      await site.link({ PATH: "/b" });
      await site.link({ PATH: "/a" }, OTHER);
      await site.fetch("/a");
      same(site.actors.delivered[0]?.actor, OTHER);
    },
    ONE_ADDRESS,
  ),
  demand("an actor that was unlinked is no longer there", async (site) => {
    await site.link({ PATH: "/a" });
    await site.actors.unlink(ACTOR);
    // A server of the actor's own does not even answer.
    const [status] = await site.page("/a").catch(() => [404]);
    same(status, 404);
  }),
  demand("paths that lead out of their place are refused", async (site) => {
    await site.link({ PATH: "/a" });
    for (const path of ["/a/..%2fb", "/a/%2e%2e%5cb", "/a/x%2F..%2F..%2Fb", "/a/..%5C"]) {
      same([path, (await site.page(path))[0]], [path, 400]);
    }
    same((await site.page("/a/../b"))[0], 404);
    same((await site.page("/a/..."))[0], 200);
    same(site.asked.length, 1);
  }),
  demand("malformed links are refused", async (site) => {
    const malformed = [
      { PATH: "a" },
      { PATH: "/a b" },
      { PATH: "/a/../b" },
      { PATH: "/%2e%2e/a" },
      { PATH: "//a" },
      { PATH: "/a?b" },
      { HOST: "https://a" },
      { HOST: "a b" },
      { PORT: "http" },
      { PORT: "65536" },
      { BIND: "127.0.0.1" },
      { CORS_ALLOWED_ORIGINS: "example.com" },
      { CORS_ALLOWED_ORIGINS: "*", CORS_ALLOWED_METHODS: "GET POST" },
    ];
    for (const values of malformed)
      await refused(site.link(values as Record<string, string>), "link.invalid");
    await refused(site.link({}, "MA"), "link.invalid", "Module id must be exactly 56 chars");
  }),
  demand(
    "ports of a link have no effect where one server answers for all actors",
    async (site) => {
      // Addresses for documentation: nobody could listen there.
      await site.link({ PORT: "0", BIND: "192.0.2.1:81, [2001:db8::1]:82", WORKERS: "many" });
      same((await site.page(`/${ACTOR}`))[0], 200);
    },
    ONE_ADDRESS,
  ),
];

const problems: readonly Demand<OpenHttpServer>[] = [
  demand("an actor that fails is a 500 in the words of old", async (site) => {
    await site.link({ PATH: "/" });
    site.actors.answer = () => {
      throw new Error("secret detail");
    };
    same(await site.page("/"), [500, "Failed to handle request"]);
  }),
  demand(
    "an answer that is none, or would begin other headers, is a 500 in the words of old",
    async (site) => {
      await site.link({ PATH: "/" });
      const malformed = [
        { statusCode: "200" },
        { statusCode: 99 },
        { statusCode: 101 },
        { statusCode: 600 },
        { statusCode: 1_000 },
        { header: { "x-a": "b\r\nset-cookie: evil" } },
        { header: { "x\r\ny": "b" } },
        { header: { "": "b" } },
        { header: { a: "\0" } },
        { header: { a: "ключ" } },
        { body: null },
      ];
      for (const response of malformed) {
        site.answer(response);
        same([response, await site.page("/")], [response, [500, "Malformed response from actor"]]);
      }
      site.actors.answer = () => "text";
      same(await site.page("/"), [500, "Malformed response from actor"]);
    },
  ),
  demand(
    "an actor that never answers is a 504 with a page to read",
    async (site) => {
      await site.link({ PATH: "/" });
      site.actors.answer = () => new Promise(() => undefined);
      const response = await site.fetch("/");
      same([response.status, response.headers.get("content-type")], [504, "text/html; charset=utf-8"]);
      same((await response.text()).includes("<h1>504 Gateway Timeout</h1><p>The actor"), true);
    },
    { timeoutMs: 300 },
  ),
  demand("an actor has only so many requests at one time; others are told to come back", async (site) => {
    await site.link({ PATH: "/" });
    await site.link({ PATH: "/other" }, OTHER);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const answer = site.actors.answer;
    site.actors.answer = async (delivered) => {
      if (delivered.actor === ACTOR) await gate;
      return answer(delivered);
    };
    const waiting = [site.fetch("/"), site.fetch("/"), site.fetch("/")];
    await site.actors.deliveries(3);
    const refusal = await site.fetch("/");
    same([refusal.status, refusal.headers.get("retry-after")], [503, "1"]);
    same((await site.page("/other", { actor: OTHER }))[0], 200);
    letGo();
    same(
      (await Promise.all(waiting)).map(({ status }) => status),
      [200, 200, 200],
    );
    same((await site.page("/"))[0], 200);
  }),
];

const cors: readonly Demand<OpenHttpServer>[] = [
  demand("pages of allowed origins may use an actor, others not", async (site) => {
    await site.link({
      PATH: "/",
      CORS_ALLOWED_ORIGINS: "https://good.test, http://also.test:8080",
      CORS_ALLOWED_METHODS: "get,put",
      CORS_ALLOWED_HEADERS: "X-One,content-type",
    });
    site.answer({ header: { "access-control-allow-origin": "https://evil.test", vary: "Accept" } });
    const good = await site.fetch("/", { headers: { origin: "https://good.test" } });
    same(good.headers.get("access-control-allow-origin"), "https://good.test");
    same(good.headers.get("vary"), "Accept, Origin");
    same((await site.page("/", { headers: { origin: "https://evil.test" } }))[0], 403);
    same((await site.page("/", { headers: { origin: site.origin } }))[0], 200);
    same((await site.page("/"))[0], 200);
    same(site.asked.length, 3);
  }),
  demand("a preflight is answered without the actor", async (site) => {
    await site.link({
      PATH: "/",
      CORS_ALLOWED_ORIGINS: "*",
      CORS_ALLOWED_METHODS: "PUT",
      CORS_ALLOWED_HEADERS: "x-one",
    });
    const preflight = (method: string, headers?: string): Promise<Response> =>
      site.fetch("/", {
        method: "OPTIONS",
        headers: {
          origin: "https://any.test",
          "access-control-request-method": method,
          ...(headers === undefined ? {} : { "access-control-request-headers": headers }),
        },
      });
    const allowed = await preflight("PUT", "X-One");
    same(
      [
        allowed.status,
        allowed.headers.get("access-control-allow-origin"),
        allowed.headers.get("access-control-allow-methods"),
        allowed.headers.get("access-control-allow-headers"),
      ],
      [204, "*", "PUT", "x-one"],
    );
    same((await preflight("PUT")).headers.get("access-control-allow-headers"), null);
    same((await preflight("DELETE")).status, 403);
    same((await preflight("PUT", "x-one, x-two")).status, 403);
    same(site.asked, []);
    same((await site.fetch("/", { method: "OPTIONS", headers: { origin: "https://any.test" } })).status, 200);
    same(site.asked.length, 1);
  }),
  demand("without origins an actor does its own CORS", async (site) => {
    await site.link({ PATH: "/" });
    const header = { "access-control-allow-origin": "*" };
    site.answer({ header });
    const headers = { origin: "https://any.test", "access-control-request-method": "PUT" };
    const response = await site.fetch("/", { method: "OPTIONS", headers });
    same(response.headers.get("access-control-allow-origin"), "*");
    same(site.asked.length, 1);
  }),
];

const calls: readonly Demand<OpenHttpServer>[] = [
  demand("actors have nothing to call", async (site) => {
    await site.link();
    for (const operation of ["HandleRequest", "Request", "toString"]) {
      await refused(site.actors.ask(operation, {}, ACTOR), "provider.unknown_operation", "bad dispatch");
    }
  }),
];

/** What every provider of `wasmcloud:httpserver` must do. */
export const httpServerDemands: readonly Demand<OpenHttpServer>[] = [
  ...messages,
  ...routes,
  ...problems,
  ...cors,
  ...calls,
];
