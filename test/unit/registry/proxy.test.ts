import { describe, expect, it } from "vitest";
import {
  RegistryClient,
  type RegistryProxyOptions,
  registryProxy,
  throughRegistryProxy,
} from "../../../src/index.ts";
import { digestOf, OCI_MANIFEST, useHandmadeRegistry } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const other = useHandmadeRegistry();
const content = Buffer.from("the bytes of a module");
const page = "http://localhost:8080";
const digest = digestOf(content);

function proxy(options: Partial<RegistryProxyOptions> = {}) {
  return registryProxy({ allow: [registry.name], insecure: [registry.name], ...options });
}

interface Asking extends Partial<RegistryProxyOptions> {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

function ask(path: string, { method = "GET", headers = {}, ...options }: Asking = {}): Promise<Response> {
  return proxy(options)(new Request(`${page}/registry-proxy/${path}`, { method, headers }));
}

function askHere(path: string, asking: Asking = {}): Promise<Response> {
  return ask(`${registry.name}${path}`, asking);
}

async function messageOf(response: Response): Promise<string> {
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  return errors[0]?.message ?? "";
}

describe("the registry proxy", () => {
  it("forwards what a client of images asks", async () => {
    const layer = registry.blob(content);
    registry.manifest({ schemaVersion: 2, layers: [layer] });
    const manifest = await askHere("/v2/test/manifests/1");
    const blob = await askHere(`/v2/test/blobs/${digest}`);
    expect(await manifest.json()).toEqual({ schemaVersion: 2, layers: [layer] });
    expect(manifest.headers.get("content-type")).toBe(OCI_MANIFEST);
    expect(Buffer.from(await blob.arrayBuffer())).toEqual(content);
  });

  it("lets a client pull as if it spoke to the registry", async () => {
    registry.manifest({ schemaVersion: 2, layers: [registry.blob(content)] });
    const handle = proxy();
    const client = new RegistryClient({
      proxy: throughRegistryProxy(`${page}/registry-proxy`),
      fetch: (url, init) => handle(new Request(url, init)),
    });
    expect(Buffer.from((await client.pull(`${registry.name}/test:1`)).bytes)).toEqual(content);
  });

  it.each([
    "",
    "/",
    "/v2",
    "/v2/_catalog",
    "/v2/test/manifests/",
    "/v2/test/manifests/1/x",
    "/v2/../secret",
    "/v2/%2e%2e/manifests/1",
    "/v2/test%2f..%2f/manifests/1",
    "/v2/Test/manifests/1",
    "/v2/test/blobs/x",
    "/v2/test/referrers/x",
    "/metrics",
    "/token/x",
  ])("serves no path but those of images: %j", async (path) => {
    const { status } = await askHere(path);
    expect(status).toBe(404);
    expect(registry.asked).toEqual([]);
  });

  it("reaches no registry that is not allowed", async () => {
    const answers = await Promise.all([
      ask(`${other.name}/v2/`),
      ask("localhost/v2/"),
      ask("169.254.169.254/v2/"),
      ask(`${registry.name.split(":")[0]}/v2/`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect([registry.asked, other.asked]).toEqual([[], []]);
  });

  it("keeps cookies from the registry, and the registry's from the page", async () => {
    registry.route("/v2/", (_, response) => {
      response
        .writeHead(200, { "Set-Cookie": "a=b", "X-Powered-By": "z", "Transfer-Encoding": "chunked" })
        .end();
    });
    const { headers } = await askHere("/v2/", { headers: { Cookie: "session=1" } });
    expect(registry.asked).toMatchObject([{ cookie: undefined }]);
    expect(["set-cookie", "x-powered-by", "transfer-encoding"].map((name) => headers.get(name))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it.each([
    "text/html",
    "text/javascript",
    "image/svg+xml",
    "application/xhtml+xml",
    "application/javascript",
  ])("turns %s into bytes that no browser runs", async (type) => {
    registry.route(`/v2/test/blobs/${digest}`, (_, response) => {
      response.writeHead(200, { "Content-Type": type }).end("<script>alert(1)</script>");
    });
    const { headers } = await askHere(`/v2/test/blobs/${digest}`);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "x-content-type-options": "nosniff",
      "content-disposition": "attachment",
      "content-security-policy": "default-src 'none'; sandbox",
    });
  });

  it("gives up a body that is larger than allowed, also when its length was not told", async () => {
    registry.route(`/v2/test/blobs/${digest}`, (_, response) => {
      response.flushHeaders();
      response.end(Buffer.alloc(5_000));
    });
    const response = await askHere(`/v2/test/blobs/${digest}`, { maxBytes: 4_096 });
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  it("answers for a registry that cannot be reached, or does not answer", async () => {
    const gone = await ask("127.0.0.1:1/v2/", { allow: ["127.0.0.1:1"], insecure: ["127.0.0.1:1"] });
    registry.route("/v2/", () => undefined);
    const silent = await askHere("/v2/", { timeoutMs: 50 });
    expect([gone.status, silent.status]).toEqual([502, 504]);
  });

  it("does only so much at one time", async () => {
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let release = (): void => undefined;
    registry.route("/v2/", (_, response) => {
      release = () => void response.end("{}");
      arrived();
    });
    const handle = proxy({ maxRequests: 1 });
    const request = (): Request => new Request(`${page}/registry-proxy/${registry.name}/v2/`);
    const first = handle(request());
    await arrival;
    expect((await handle(request())).status).toBe(503);
    release();
    expect(await (await first).text()).toBe("{}");
    registry.route("/v2/", (_, response) => response.end("{}"));
    const third = await handle(request());
    await third.body?.cancel();
    expect((await handle(request())).status).toBe(200);
  });
});

describe("pages that the proxy serves", () => {
  it("are those of its own origin", async () => {
    const { status, headers } = await askHere("/v2/", { headers: { Origin: page } });
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([
      200,
      page,
      "Origin",
    ]);
    expect(headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
  });

  it.each<Record<string, string>>([
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Origin: "http://localhost:8081" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ])("are no others: %o", async (headers) => {
    const handle = proxy();
    const answers = await Promise.all(
      ["GET", "OPTIONS"].map((method) =>
        handle(withHeaders(new Request(`${page}/registry-proxy/${registry.name}/v2/`, { method }), headers)),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(answers.map((answer) => answer.headers.get("access-control-allow-origin"))).toEqual([null, null]);
    expect(registry.asked).toEqual([]);
  });

  it("are others that the operator lists", async () => {
    const origin = "https://app.example.com";
    const { status, headers } = await askHere("/v2/", { headers: { Origin: origin }, origins: [origin] });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, origin]);
  });

  it("may ask beforehand", async () => {
    const headers = { Origin: page, "Access-Control-Request-Headers": "authorization" };
    const response = await askHere("/v2/test/manifests/1", { method: "OPTIONS", headers });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, HEAD");
    expect(response.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(registry.asked).toEqual([]);
  });
});

describe("through the proxy, a redirect", () => {
  const authorization = "Basic abc";
  const follow = async (location: string, options: Asking = {}) => {
    registry.route(`/v2/test/blobs/${digest}`, (_, response) => {
      response.writeHead(307, { Location: location }).end();
    });
    return askHere(`/v2/test/blobs/${digest}`, { headers: { Authorization: authorization }, ...options });
  };

  it("is followed to another allowed registry, without credentials", async () => {
    const names = [registry.name, other.name];
    other.route("/storage", (_, response) => response.end(content));
    const response = await follow(`${other.url}/storage`, { allow: names, insecure: names });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    expect(registry.asked).toMatchObject([{ authorization }]);
    expect(other.asked).toMatchObject([{ authorization: undefined }]);
  });

  it("is followed to a storage of the world on https, without credentials", async () => {
    const asked: [string, unknown][] = [];
    const response = await follow("https://storage.example.com/blob?sig=1", {
      fetch: async (url, init) => {
        if (!url.startsWith("https:")) return fetch(url, init);
        asked.push([url, Object.keys(init.headers ?? {})]);
        return new Response("stored");
      },
    });
    expect(await response.text()).toBe("stored");
    expect(asked).toEqual([["https://storage.example.com/blob?sig=1", ["Accept-Encoding"]]]);
  });

  it.each([
    "http://storage.example.com/",
    "https://storage.example.com:8443/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://localhost/",
    "https://localhost./",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "ftp://example.com/",
  ])("is not followed to %s", async (location) => {
    const asked: string[] = [];
    const response = await follow(location, {
      fetch: (url, init) => {
        asked.push(url);
        return fetch(url, init);
      },
    });
    expect(response.status).toBe(502);
    expect(asked).toHaveLength(1);
  });

  it("is not followed to another port of the registry's host", async () => {
    expect((await follow(`${other.url}/storage`)).status).toBe(502);
    expect(other.asked).toEqual([]);
  });
});

describe("through the proxy, a token service", () => {
  const scope = "repository:test:pull";
  const names = () => [registry.name, other.name];
  const challengeBy = (realm: string): void =>
    registry.route("/v2/", (_, response) => {
      const challenge = `Bearer realm="${realm}",service="s",scope="x\\"y", Basic realm="z", Digest a=b`;
      response.writeHead(401, { "WWW-Authenticate": challenge }).end();
    });

  it("is named as the proxy's own", async () => {
    challengeBy(`${other.url}/token`);
    const { headers } = await askHere("/v2/");
    expect(headers.get("www-authenticate")).toBe(
      `Bearer realm="/registry-proxy/${registry.name}/token",service="s",scope="x\\"y", Basic realm="registry"`,
    );
  });

  it("is the one that the registry names, and gets the page's credentials", async () => {
    challengeBy(`${other.url}/token`);
    const path = `/token?service=s&scope=${encodeURIComponent(scope)}`;
    other.route(path, (_, response) => response.end('{"token":"abc"}'));
    const response = await askHere(`/token?service=evil&realm=http://evil&scope=${scope}`, {
      headers: { Authorization: "Basic abc" },
      allow: names(),
      insecure: names(),
    });
    expect(await response.json()).toEqual({ token: "abc" });
    expect(other.asked).toMatchObject([{ path, authorization: "Basic abc" }]);
    expect(registry.asked).toMatchObject([{ path: "/v2/", authorization: undefined }]);
  });

  it("is not reached where the proxy may not go", async () => {
    challengeBy(`${other.url}/token`);
    expect((await askHere(`/token?scope=${scope}`)).status).toBe(502);
    expect(other.asked).toEqual([]);
  });

  it.each([
    "",
    "?scope=repository:test:pull,push",
    "?scope=registry:catalog:*",
    `?scope=${scope}&scope=${scope}`,
  ])("gives no token for %j", async (query) => {
    challengeBy(`${other.url}/token`);
    const response = await askHere(`/token${query}`, { allow: names(), insecure: names() });
    expect(response.status).toBe(403);
    expect(other.asked).toEqual([]);
  });

  it("that does not exist is no secret", async () => {
    const response = await askHere(`/token?scope=${scope}`);
    expect([response.status, await messageOf(response)]).toEqual([502, "The registry has no token service"]);
  });
});

describe("pushing through the proxy", () => {
  it.each([
    ["POST", "/v2/test/blobs/uploads/"],
    ["PUT", "/v2/test/blobs/uploads/7"],
    ["PUT", "/v2/test/manifests/1"],
    ["DELETE", "/v2/test/manifests/1"],
    ["PATCH", "/v2/test/blobs/uploads/7"],
  ])("is not allowed unless the operator says so: %s %s", async (method, path) => {
    expect((await askHere(path, { method })).status).toBe(405);
    expect(registry.asked).toEqual([]);
  });

  it("never deletes", async () => {
    expect((await askHere("/v2/test/manifests/1", { method: "DELETE", push: true })).status).toBe(405);
  });

  it("works where it is allowed, with every address the proxy's", async () => {
    const stored: Record<string, string> = {};
    registry.route("/v2/test/blobs/uploads/", (_, response) => {
      response.writeHead(202, { Location: `${registry.url}/v2/test/blobs/uploads/7?_state=a` }).end();
    });
    for (const bytes of [content, Buffer.from("{}")]) {
      const query = `_state=a&digest=${encodeURIComponent(digestOf(bytes))}`;
      registry.route(`/v2/test/blobs/uploads/7?${query}`, async (request, response) => {
        stored[digestOf(bytes)] = Buffer.concat(await request.toArray()).toString();
        response.writeHead(201, { Location: "/v2/test/blobs/x" }).end();
      });
    }
    registry.route("/v2/test/manifests/1", async (request, response) => {
      stored["manifest"] = String(request.headers["content-type"]);
      request.resume().on("end", () => response.writeHead(201).end());
    });
    const handle = proxy({ push: true });
    const client = new RegistryClient({
      proxy: throughRegistryProxy(`${page}/registry-proxy`),
      fetch: (url, init) =>
        handle(new Request(url, { ...init, ...(init.body ? { duplex: "half" } : {}) } as RequestInit)),
    });
    await client.push(`${registry.name}/test:1`, content, { kind: "actor" });
    expect(stored).toEqual({
      [digest]: content.toString(),
      [digestOf(Buffer.from("{}"))]: "{}",
      manifest: OCI_MANIFEST,
    });
  });

  it("stops where the registry wants uploads elsewhere", async () => {
    registry.route("/v2/test/blobs/uploads/", (_, response) => {
      response.writeHead(202, { Location: `${other.url}/upload` }).end();
    });
    const response = await askHere("/v2/test/blobs/uploads/", { method: "POST", push: true });
    expect(response.status).toBe(502);
  });

  it("takes no more than is allowed", async () => {
    const handle = proxy({ push: true, maxBytes: 10 });
    const request = new Request(`${page}/registry-proxy/${registry.name}/v2/test/manifests/1`, {
      method: "PUT",
      body: content,
    });
    expect((await handle(request)).status).toBe(413);
    expect(registry.asked).toEqual([]);
  });
});

it.each<[string, Partial<RegistryProxyOptions>]>([
  ["an address for a registry", { allow: ["https://ghcr.io"] }],
  ["a wildcard", { allow: ["*"] }],
  ["a prefix that is none", { prefix: "proxy/" }],
  ["no room", { maxRequests: 0 }],
])("a proxy with %s is refused", (_what, options) => {
  expect(() => proxy(options)).toThrow(expect.objectContaining({ code: "input.invalid" }));
});

describe("the way through a proxy", () => {
  it.each([
    ["https://ghcr.io/v2/a/manifests/1", `${page}/registry-proxy/ghcr.io/v2/a/manifests/1`],
    ["http://localhost:5000/v2/a/tags/list?n=5", `${page}/registry-proxy/localhost:5000/v2/a/tags/list?n=5`],
    ["https://auth.docker.io/token", undefined],
    [`${page}/registry-proxy/ghcr.io/token`, undefined],
  ])("of %s is %s", (url, expected) => {
    expect(throughRegistryProxy(`${page}/registry-proxy/`)(url)).toBe(expected);
  });

  it("is for the registries that it is told", () => {
    const through = throughRegistryProxy(`${page}/registry-proxy`, ["ghcr.io"]);
    expect(through("https://ghcr.io/v2/")).toBe(`${page}/registry-proxy/ghcr.io/v2/`);
    expect(through("https://quay.io/v2/")).toBeUndefined();
  });
});

/** Browsers set these; `Request` lets nobody else. */
function withHeaders(request: Request, headers: Record<string, string>): Request {
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return request;
}
