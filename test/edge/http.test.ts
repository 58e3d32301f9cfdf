import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FEED_PATH } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { COMPATIBILITY_DATES, type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { EDGE_HTTP_SERVER_ID } from "../support/edge/unbundled.ts";

describe.each(COMPATIBILITY_DATES)("HTTP at the compatibility date %s", (compatibilityDate) => {
  let edge: EdgeWorker;
  beforeAll(async () => {
    edge = await startEdgeWorker({ compatibilityDate });
  });
  afterAll(() => edge.stop());

  it("reaches an actor by its path, with everything that makes up the request but what leads to it", async () => {
    const response = await edge.fetch("/echo/a%20b?x=1&y=%20", {
      method: "POST",
      headers: { "X-One": "1", "content-type": "text/plain" },
      body: "hello",
    });
    expect(response.status).toBe(200);
    const seen = (await response.json()) as { headers: Record<string, string> };
    expect(seen).toMatchObject({
      method: "POST",
      path: "/a%20b",
      query_string: "x=1&y=%20",
      body: [..."hello"].map((letter) => letter.charCodeAt(0)),
    });
    expect(seen.headers).toMatchObject({
      "x-one": "1",
      "content-type": "text/plain",
      "x-forwarded-prefix": "/echo",
    });
  });

  it("reaches an actor by each path of its route", async () => {
    for (const path of ["/echo", "/e"]) {
      expect(await edge.json(`${path}/x`)).toMatchObject({
        path: "/x",
        headers: { "x-forwarded-prefix": path },
      });
    }
    expect(await edge.problem("/e/..%2fx")).toMatchObject({ status: 400, code: "http.bad_path" });
  });

  it("goes by the values of a link, and by those before where they are refused", async () => {
    const link = (values: object): Promise<unknown> =>
      edge.ask("setLink", {
        actorId: testActor("extras").key,
        providerId: EDGE_HTTP_SERVER_ID,
        contractId: "wasmcloud:httpserver",
        linkName: "default",
        values,
      });
    await link({ PATH: "/open", CORS_ALLOWED_ORIGINS: "https://good.test", CORS_ALLOWED_METHODS: "PUT" });
    const preflight = (origin: string): Promise<Response> =>
      edge.fetch("/open", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "PUT" },
      });
    await expect.poll(async () => (await preflight("https://good.test")).status).toBe(204);
    await link({ PATH: "/open,/echo" });
    expect((await preflight("https://evil.test")).status).toBe(403);
    const { headers } = await edge.fetch("/open", { headers: { origin: "https://good.test" } });
    expect(headers.get("access-control-allow-origin")).toBe("https://good.test");
    const { links } = await edge.describe();
    expect(links.filter(({ state }) => state === "refused")).toMatchObject([
      { reason: expect.stringContaining("/echo belongs to the actor") },
    ]);
  });

  it("has no feed where the worker has no token for one", async () => {
    expect(await edge.problem(FEED_PATH)).toMatchObject({ status: 404, code: "http.no_route" });
  });

  it("answers HEAD without a body, and says how long it would be", async () => {
    const get = await edge.fetch("/web/fine", { method: "POST", body: "12345" });
    expect(await get.text()).toBe("12345");
    const head = await edge.fetch("/web/large/5", { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("5");
    expect(await head.text()).toBe("");
  });

  it("gets what an actor has compressed as it is", async () => {
    const compressed = new Blob(["compressed by the actor"])
      .stream()
      .pipeThrough(new CompressionStream("gzip"));
    const body = await new Response(compressed).arrayBuffer();
    const response = await edge.fetch("/web/encoded", { method: "POST", body });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    // The client of the test has undone one compression.
    expect(await response.text()).toBe("compressed by the actor");
  });

  it("counts through a host call to the object's key-value store", async () => {
    const counts: unknown[] = [];
    for (let call = 0; call < 3; call++) counts.push(await edge.json("/count/a"));
    expect(counts).toEqual([{ counter: 1 }, { counter: 2 }, { counter: 3 }]);
    expect(await edge.json("/count/b")).toEqual({ counter: 1 });
  });

  it("loses no count of calls that overlap", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => edge.json("/count/many")));
    const counters = answers.map((answer) => (answer as { counter: number }).counter);
    expect(counters.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, place) => place + 1));
  });
});
