import { describe, expect, it } from "vitest";
import { type ErrorCode, HostError } from "../../../../src/errors/index.ts";
import { HttpServerProvider } from "../../../../src/providers/index.ts";
import { rows } from "../../../conformance/providers/demand.ts";
import { httpServerDemands } from "../../../conformance/providers/httpserver.ts";
import { handedRequests } from "../../../conformance/providers/httpserver-site.ts";
import { LinkedActors } from "../../../conformance/providers/linked-actor.ts";

describe("the HTTP server's core, like every one", () => {
  it.each(rows(httpServerDemands))("%s", async (_, demand) => {
    await demand.run((options) => handedRequests(new HttpServerProvider(options)));
  });
});

describe("the HTTP server's core", () => {
  it.each<[ErrorCode, number]>([
    ["dispatch.no_subscriber", 502],
    ["actor.stopped", 502],
    ["lattice.transport", 502],
    ["actor.queue_full", 503],
    ["lattice.overloaded", 503],
    ["actor.deadline", 504],
    ["lattice.timeout", 504],
    ["lattice.not_connected", 503],
    ["storage.failed", 503],
    ["guest.fuel", 504],
    ["lattice.payload_too_large", 413],
    ["guest.trap", 502],
    ["actor.worker_failed", 502],
    ["input.too_large", 502],
    ["guest.failure", 500],
    ["dispatch.denied", 500],
  ])("answers for an actor that fails with %s by %i, and tells no details", async (reason, status) => {
    const actors = new LinkedActors(new HttpServerProvider());
    const actor = `M${"A".repeat(55)}`;
    await actors.link({ PATH: "/" }, actor);
    actors.answer = () => {
      throw new HostError("dispatch.invocation_failed", "Invocation failure: secret", {
        details: { reason },
      });
    };
    const provider = actors.provider as HttpServerProvider;
    const response = await provider.handle(new Request("https://site.test/"));
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).toBe(status === 503 ? "1" : null);
    expect(await response.text()).not.toContain("secret");
  });

  it("answers for a body that breaks off, or never comes, and does not call the actor", async () => {
    const provider = new HttpServerProvider({ timeoutMs: 100 });
    const actors = new LinkedActors(provider);
    await actors.link({ PATH: "/" }, `M${"A".repeat(55)}`);
    const send = (body: ReadableStream): Promise<Response> =>
      provider.handle(
        new Request("https://site.test/", { method: "POST", body, duplex: "half" } as RequestInit),
      );
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    expect((await send(broken)).status).toBe(400);
    expect((await send(new ReadableStream({}))).status).toBe(408);
    expect(actors.delivered).toEqual([]);
  });

  it("gives every answer the headers of the operator, whatever the actor says", async () => {
    const headers = { "content-security-policy": "sandbox allow-scripts" };
    const provider = new HttpServerProvider({ headers });
    const actors = new LinkedActors(provider);
    await actors.link({ PATH: "/" }, `M${"A".repeat(55)}`);
    const header = { "Content-Security-Policy": "default-src *" };
    actors.answer = () => ({ statusCode: 200, status: "OK", header, body: new Uint8Array(0) });
    const response = await provider.handle(new Request("https://site.test/"));
    expect(response.headers.get("content-security-policy")).toBe("sandbox allow-scripts");
  });

  it("lets a person go to a page from any place: CORS is about scripts", async () => {
    const provider = new HttpServerProvider();
    const actors = new LinkedActors(provider);
    await actors.link({ PATH: "/", CORS_ALLOWED_ORIGINS: "https://good.test" }, `M${"A".repeat(55)}`);
    actors.answer = () => ({ statusCode: 200, status: "OK", header: {}, body: new Uint8Array(0) });
    const form = {
      method: "POST",
      url: "https://site.test/",
      headers: new Headers({ origin: "null" }),
      body: null,
    };
    expect((await provider.handle({ ...form, mode: "cors" })).status).toBe(403);
    expect((await provider.handle({ ...form, mode: "navigate" })).status).toBe(200);
  });

  it("serves an actor at all paths of its link, and goes on at them where others are refused", async () => {
    const provider = new HttpServerProvider();
    const actors = new LinkedActors(provider);
    actors.answer = () => ({ statusCode: 200, status: "OK", header: {}, body: new Uint8Array(0) });
    const [actor, other] = [`M${"A".repeat(55)}`, `M${"B".repeat(55)}`];
    const statuses = (paths: readonly string[]): Promise<number[]> =>
      Promise.all(
        paths.map(async (path) => (await provider.handle(new Request(`https://site.test${path}`))).status),
      );
    await actors.link({ PATH: "/taken" }, other);
    await actors.link({ PATH: "/a, /b/" }, actor);
    expect(await statuses(["/a/x", "/b", "/c"])).toEqual([200, 200, 404]);
    expect(actors.delivered[0]?.message).toMatchObject({
      path: "/x",
      header: { "x-forwarded-prefix": "/a" },
    });
    const tooMany = Array.from({ length: 65 }, (_, index) => `/${index}`).join();
    for (const PATH of ["/c,/taken", "/c,d", tooMany]) {
      await expect(actors.link({ PATH }, actor)).rejects.toMatchObject({ code: "link.invalid" });
    }
    await expect(actors.link({ PATH: "/c", PORT: "x" }, actor)).rejects.toMatchObject({
      code: "link.invalid",
    });
    expect(await statuses(["/a", "/b/y", "/c", "/taken"])).toEqual([200, 200, 404, 200]);
    await actors.link({ PATH: "/c" }, actor);
    expect(await statuses(["/a", "/b", "/c"])).toEqual([404, 404, 200]);
  });

  it("says which actor an address belongs to", async () => {
    const provider = new HttpServerProvider();
    const actor = `M${"A".repeat(55)}`;
    await new LinkedActors(provider).link({ PATH: "/app" }, actor);
    expect(provider.actorFor("https://site.test/app/x")).toEqual({ actor, prefix: "/app" });
    expect(provider.actorFor("https://site.test/")).toBeUndefined();
    expect(provider.actorFor("nonsense")).toBeUndefined();
  });
});
