import { describe, expect, it } from "vitest";
import { FrontScene, request } from "./front-scene.ts";

const route = { actor: "M", path: "/http/a", isHere: true };

describe("the HTTP front", () => {
  it("hands a request over whole, and gives the answer back whole", async () => {
    const scene = new FrontScene();
    const tab = scene.open("one", {});
    tab.answer = async () =>
      new Response(Uint8Array.of(0, 255), { status: 201, statusText: "Created", headers: { "x-a": "b" } });
    const init = { method: "PUT", body: Uint8Array.of(1, 2, 3), headers: { "x-c": "d" } };
    const response = await scene.front().handle(request("/http/a/x%20y?q=1", init));
    const [asked] = tab.asked;
    expect(asked).toMatchObject({ method: "PUT", url: "https://site.test/http/a/x%20y?q=1" });
    expect(asked?.headers).toEqual([
      ["x-c", "d"],
      ["content-length", "3"],
    ]);
    expect(new Uint8Array(asked?.body ?? new ArrayBuffer(0))).toEqual(Uint8Array.of(1, 2, 3));
    expect([response.status, response.statusText, response.headers.get("x-a")]).toEqual([
      201,
      "Created",
      "b",
    ]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(0, 255));
  });

  it("takes a body up to its limit and no longer one", async () => {
    const scene = new FrontScene();
    const tab = scene.open("one", {});
    const front = scene.front({ maxBodyBytes: 4 });
    const send = (body: string): Promise<Response> =>
      front.handle(request("/http/a", { method: "POST", body }));
    expect((await send("1234")).status).toBe(200);
    const refused = await send("12345");
    expect([refused.status, await refused.text()]).toEqual([
      413,
      expect.stringContaining("more than 4 bytes"),
    ]);
    expect(tab.asked).toHaveLength(1);
  });

  it("refuses addresses and headers that no host would read", async () => {
    const scene = new FrontScene();
    const tab = scene.open("one", {});
    const front = scene.front();
    expect((await front.handle(request(`/http/a?${"x".repeat(70_000)}`))).status).toBe(414);
    expect((await front.handle(request("/http/a", { headers: { a: "x".repeat(70_000) } }))).status).toBe(431);
    expect(tab.asked).toEqual([]);
  });

  it("gives actors' pages an origin of their own, and no word about the whole origin", async () => {
    const scene = new FrontScene();
    const headers = {
      "Content-Security-Policy": "default-src 'self'",
      "Service-Worker-Allowed": "/",
      "Clear-Site-Data": "*",
      location: "/http/a/next?x#y",
    };
    scene.open("one", {}).answer = async () => new Response(null, { status: 302, headers });
    const response = await scene.front().handle(request("/http/a"));
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-security-policy": expect.stringMatching(
        /^default-src 'self', sandbox (?!.*allow-same-origin)/,
      ),
      location: "https://site.test/http/a/next?x#y",
    });
    const open = await scene.front({ isIsolated: false }).handle(request("/http/a"));
    expect(open.headers.get("content-security-policy")).toBe("default-src 'self'");
    const problem = await scene.front().handle(request("/http/b"));
    expect([problem.status, problem.headers.get("content-security-policy")]).toEqual([
      404,
      expect.stringContaining("sandbox"),
    ]);
  });

  it("says so when no tab is there, and when none serves the path", async () => {
    const scene = new FrontScene();
    const none = await scene.front().handle(request("/http/a"));
    expect([none.status, none.headers.get("retry-after")]).toEqual([503, "1"]);
    scene.open("one", { path: "/http/other" });
    expect((await scene.front().handle(request("/http/a"))).status).toBe(404);
  });

  it("gives a request that a tab never took to another, whatever its method", async () => {
    const scene = new FrontScene();
    scene.connectRaw("stuck", [route]);
    scene.open("other", { isHere: false });
    const front = scene.front({ readyMs: 20 });
    const response = await front.handle(request("/http/a", { method: "POST", body: "once" }));
    expect([response.status, await response.text()]).toEqual([200, "other"]);
  });

  it("tells that a tab does not answer when there is no other", async () => {
    const scene = new FrontScene();
    scene.connectRaw("stuck", [route]);
    expect((await scene.front({ readyMs: 20 }).handle(request("/http/a"))).status).toBe(503);
  });

  it("repeats what a tab took with it only if that is safe", async () => {
    for (const [method, statuses] of [
      ["GET", [200, 1]],
      ["POST", [502, 0]],
    ] as const) {
      const scene = new FrontScene();
      const other = scene.open("other", { isHere: false });
      scene.open("first", {}).answer = () => {
        scene.close("first");
        return new Promise(() => undefined);
      };
      const response = await scene.front().handle(request("/http/a", { method }));
      expect([response.status, other.asked.length]).toEqual(statuses);
    }
  });

  it("does not wait for an answer for ever", async () => {
    const scene = new FrontScene();
    scene.open("one", {}).answer = () => new Promise(() => undefined);
    const response = await scene.front({ deadlineMs: 50 }).handle(request("/http/a"));
    expect([response.status, await response.text()]).toEqual([
      504,
      expect.stringContaining("504 Gateway Timeout"),
    ]);
  });

  it("has only so many requests under way", async () => {
    const scene = new FrontScene();
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    scene.open("one", {}).answer = async () => {
      await gate;
      return new Response("done");
    };
    const front = scene.front({ maxRequests: 2 });
    const waiting = [front.handle(request("/http/a")), front.handle(request("/http/a"))];
    expect((await front.handle(request("/http/a"))).status).toBe(503);
    letGo();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await front.handle(request("/http/a"))).status).toBe(200);
  });

  it("goes by what a tab says only if it is what tabs say", async () => {
    const scene = new FrontScene();
    const port = scene.connectRaw("liar", [route]);
    port.onmessage = ({ data }: MessageEvent<{ kind: string; id: number }>) => {
      port.postMessage({ kind: "answer", id: data.id, status: 99, statusText: "", headers: [], body: null });
      if (data.kind === "offer") port.postMessage({ kind: "ready", id: data.id });
    };
    expect((await scene.front({ deadlineMs: 50 }).handle(request("/http/a"))).status).toBe(504);
  });
});
