import { describe, expect, it } from "vitest";
import { HttpServerProvider } from "../../../src/index.ts";
import { isBelow } from "../../../src/providers/http/index.ts";
import { httpBase } from "../../../web/service-worker/names.ts";
import { TabFront } from "../../../web/service-worker/tab-front.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

const [ACTOR, OTHER] = [`M${"A".repeat(55)}`, `M${"B".repeat(55)}`];

describe("the host's side of the HTTP front", () => {
  it("knows where linked actors are served, and which of them run here", async () => {
    const front = new TabFront("/http", { host: "site.test:8080", hostname: "site.test" });
    const provider = new HttpServerProvider({ front });
    const actors = new LinkedActors(provider);
    await actors.link({ PATH: "/a" }, ACTOR);
    await actors.link({}, OTHER);
    front.hear({ type: "actor_started", actor: OTHER, name: "other", time: 0 });
    expect(front.routes()).toEqual([
      { actor: ACTOR, path: "/http/a", isHere: false },
      { actor: OTHER, path: `/http/${OTHER}`, isHere: true },
    ]);
    front.hear({ type: "actor_stopped", actor: OTHER, name: "other", time: 1 });
    await actors.unlink(ACTOR);
    expect(front.routes()).toEqual([{ actor: OTHER, path: `/http/${OTHER}`, isHere: false }]);
    await provider.stop();
    expect(front.routes()).toEqual([]);
  });

  it("serves what is linked for this host name, under the base alone too", async () => {
    const front = new TabFront("/dash/http", { host: "site.test", hostname: "site.test" });
    const actors = new LinkedActors(new HttpServerProvider({ front }));
    await actors.link({ PATH: "/", HOST: "SITE.test, b.test" }, ACTOR);
    await actors.link({ PATH: "/x", HOST: "other.test" }, OTHER);
    expect(front.routes()).toEqual([{ actor: ACTOR, path: "/dash/http", isHere: false }]);
  });

  it("takes no port for another base than its own", async () => {
    const front = new TabFront("/http", { host: "site.test", hostname: "site.test" });
    const { port1, port2 } = new MessageChannel();
    await expect(front.connect(port1, { id: "a", base: "/dash/http" })).rejects.toMatchObject({
      code: "input.invalid",
      hint: expect.stringContaining("httpBase"),
    });
    for (const port of [port1, port2]) port.close();
  });
});

describe("actors' paths", () => {
  it("are below one folder beside the page", () => {
    expect(httpBase("https://site.test/")).toBe("/http");
    expect(httpBase("https://site.test/dash/index.html?x")).toBe("/dash/http");
    const paths = ["/http", "/http/", "/http/a", "/httpa", "/", "/a/http"];
    expect(paths.filter((path) => isBelow("/http", path))).toEqual(["/http", "/http/", "/http/a"]);
  });
});
