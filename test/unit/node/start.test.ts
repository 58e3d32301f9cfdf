import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardHeaders } from "../../../node/start/dashboard-headers.ts";
import { type DashboardServer, startDashboard } from "../../../node/start/dashboard-server.ts";
import { freePortFrom, portOption, registriesOption } from "../../../node/start/start-options.ts";

let folder: string;
let server: DashboardServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-test-"));
  await mkdir(join(folder, "page", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "page", ".hidden"), "hidden");
  await writeFile(join(folder, "page", "index.html"), "<p>page</p>");
  await writeFile(join(folder, "page", "assets", "actor-worker-AbC_12-3.js"), "postMessage(1)");
  await writeFile(join(folder, "page", "echo.wasm"), "wasm");
  server = await startDashboard({
    directory: join(folder, "page"),
    latticeUrl: "ws://a:1",
    latticeKind: "given",
  });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** A request whose path is sent as it is; `fetch` would tidy it first. */
function statusOf(path: string, method = "GET"): Promise<number | undefined> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once("error", reject).end();
  });
}

describe("the dashboard server", () => {
  test("serves the page isolated, under a policy, and never from a stale cache", async () => {
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([200, "<p>page</p>"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "content-security-policy": expect.stringContaining("connect-src 'self' ws: wss: http: https:"),
    });
  });

  test("gives the actor worker a policy of its own, and hashed files an endless life", async () => {
    const { headers } = await fetch(`${server.url}/assets/actor-worker-AbC_12-3.js?v=1`);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "cross-origin-embedder-policy": "require-corp",
      "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
    });
  });

  test("serves modules as WebAssembly", async () => {
    expect((await fetch(`${server.url}/echo.wasm`)).headers.get("content-type")).toBe("application/wasm");
  });

  test("says that actors are served by a tab, to who asks the server for them", async () => {
    const response = await fetch(`${server.url}/http/actor`, { method: "POST", body: "x" });
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining("Open the dashboard"),
    ]);
    expect(await statusOf("/https")).toBe(404);
  });

  test("answers 304 to who has the file", async () => {
    const etag = (await fetch(server.url)).headers.get("etag") ?? "";
    const again = await fetch(server.url, { headers: { "If-None-Match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("tells the page of the lattice", async () => {
    const offer: unknown = await (await fetch(`${server.url}/weblattice.json`)).json();
    expect(offer).toEqual({ latticeUrl: "ws://a:1", latticeKind: "given", namespace: "default" });
  });

  test("HEAD has no body, other methods are refused", async () => {
    const head = await fetch(server.url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "11", ""]);
    expect(await statusOf("/", "POST")).toBe(405);
  });

  test.each([
    ["/missing.js", 404],
    ["/assets", 404],
    ["/../secret.txt", 400],
    ["/assets/../../secret.txt", 400],
    ["/%2e%2e/secret.txt", 400],
    ["/..%2fsecret.txt", 400],
    ["/..%5csecret.txt", 400],
    ["/.hidden", 400],
    ["/%00", 400],
    ["/%zz", 400],
    ["http://elsewhere/index.html", 400],
  ])("keeps to its folder: %s gives %i", async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  test("can leave out isolation and the lattice", async () => {
    const plain = await startDashboard({ directory: join(folder, "page"), isolated: false });
    const { headers } = await fetch(plain.url);
    expect([headers.has("cross-origin-opener-policy"), headers.has("cross-origin-embedder-policy")]).toEqual([
      false,
      false,
    ]);
    expect(await (await fetch(`${plain.url}/weblattice.json`)).json()).toEqual({ namespace: "default" });
    await plain.stop();
    await plain.stop();
  });

  test("a taken port is an error", async () => {
    const port = Number(new URL(server.url).port);
    const second = startDashboard({ directory: folder, port });
    await expect(second).rejects.toMatchObject({ code: "system.port_taken" });
  });
});

test("the service worker may reach nothing at all", () => {
  for (const path of ["/http-front.js", "/dash/http-front.js"]) {
    expect(dashboardHeaders({ path })["Content-Security-Policy"]).toBe("default-src 'none'");
  }
});

test("the policy of the provider worker lets it import from memory, and reach nothing", () => {
  for (const path of ["/provider-worker.ts", "/assets/provider-worker-1a2b.js"]) {
    expect(dashboardHeaders({ path })["Content-Security-Policy"]).toBe(
      "default-src 'none'; script-src 'self' blob:",
    );
  }
});

test("the policy of the graph worker lets its engine make functions, and reach nothing", () => {
  for (const path of ["/graph-worker.ts", "/assets/graph-worker-1a2b.js"]) {
    expect(dashboardHeaders({ path })["Content-Security-Policy"]).toBe(
      "default-src 'none'; script-src 'self' 'unsafe-eval'",
    );
  }
});

test.each(["/web/workers/actor-worker.ts", "/actor-worker.js", "/assets/actor-worker-1a2b.js"])(
  "%s is an actor worker",
  (path) => {
    expect(dashboardHeaders({ path })["Content-Security-Policy"]).toMatch(
      /^default-src 'none'; script-src [^;]*$/,
    );
  },
);

describe("the port", () => {
  test("is 8080 unless PORT says otherwise", () => {
    expect([portOption({}), portOption({ PORT: "" }), portOption({ PORT: "9000" })]).toEqual([
      8080, 8080, 9000,
    ]);
  });

  test.each(["0", "65536", "80a", "-1", "1.5", "0x50"])("PORT=%s is refused by name", (PORT) => {
    expect(() => portOption({ PORT })).toThrow(`PORT must be a number from 1 to 65535, not "${PORT}"`);
  });

  test("is the next free one when it is taken", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const address = holder.address();
    const taken = typeof address === "object" && address !== null ? address.port : 0;
    const free = await freePortFrom(taken);
    await new Promise((resolve) => holder.close(resolve));
    expect(free === 0 || free > taken).toBe(true);
  });
});

describe("the registries that pages may reach", () => {
  test("are none unless named", () => {
    expect(registriesOption([])).toBeUndefined();
  });

  test("are those of both options, the insecure ones by http", () => {
    const args = ["--registry", "ghcr.io", "--insecure-registry=localhost:5000", "--registry", "quay.io"];
    expect(registriesOption(args)).toEqual({
      allow: ["ghcr.io", "quay.io", "localhost:5000"],
      insecure: ["localhost:5000"],
    });
  });

  test.each([[["--registries", "a"]], [["ghcr.io"]], [["--registry"]]])("%j is refused", (args) => {
    expect(() => registriesOption(args)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });
});

describe("the registry proxy of the dashboard server", () => {
  const path = "/registry-proxy/127.0.0.1:1/v2/";
  const ask = async (address: string, headers: Record<string, string>): Promise<number | undefined> => {
    const { hostname, port } = new URL(address);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.once("error", reject).end();
    });
  };

  test("is not there unless registries are named", async () => {
    expect(await statusOf(path)).toBe(404);
  });

  test("serves those who know the server by its own name, and come from no other page", async () => {
    const registries = { allow: ["127.0.0.1:1"], insecure: ["127.0.0.1:1"] };
    const open = await startDashboard({ directory: join(folder, "page"), registries });
    const { host, port } = new URL(open.url);
    const statuses = [
      await ask(open.url, { Host: host }),
      await ask(open.url, { Host: `localhost:${port}`, Origin: `http://localhost:${port}` }),
      await ask(open.url, { Host: `evil.example:${port}` }),
      await ask(open.url, { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }),
      await ask(open.url, { Host: host, Origin: "http://evil.example" }),
      await ask(open.url, { Host: host, "Sec-Fetch-Site": "cross-site" }),
    ];
    await open.stop();
    expect(statuses).toEqual([502, 502, 403, 403, 403, 403]); // nothing listens on port 1
  });
});
