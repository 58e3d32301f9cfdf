import { describe, expect, it } from "vitest";
import type { HostLink } from "../../../web/service-worker/host-link.ts";
import { FrontScene } from "./front-scene.ts";

const none: ReadonlySet<HostLink> = new Set();

/** Which host is chosen. */
async function chosen(scene: FrontScene, path: string, tried = none): Promise<string | undefined> {
  const found = await scene.table.choose(path, tried);
  return typeof found === "string" ? found : found.host;
}

describe("the table of hosts", () => {
  it("prefers the longest path, then the host that runs the actor", async () => {
    const scene = new FrontScene();
    scene.open("far", { path: "/http/a", isHere: false }, { path: "/http/a/b", isHere: false });
    scene.open("near", { path: "/http/a", isHere: true });
    scene.open("all", { path: "/http", isHere: true });
    const paths = ["/http/a", "/http/a/x", "/http/a/b/c", "/http/ab", "/http"];
    const hosts = await Promise.all(paths.map((path) => chosen(scene, path)));
    expect(hosts).toEqual(["near", "near", "far", "all", "all"]);
  });

  it("passes over those that were tried", async () => {
    const scene = new FrontScene();
    scene.open("one", {});
    scene.open("two", {});
    const first = await scene.table.choose("/http/a", none);
    if (typeof first === "string") throw new Error(first);
    const second = await chosen(scene, "/http/a", new Set([first]));
    expect(new Set([first.host, second])).toEqual(new Set(["one", "two"]));
  });

  it("asks the pages once for all that wait, and only for hosts it does not know", async () => {
    const scene = new FrontScene();
    scene.open("one", {});
    expect(await Promise.all([1, 2, 3].map(() => chosen(scene, "/http/a")))).toEqual(["one", "one", "one"]);
    scene.open("two", { path: "/http/b" });
    expect(await chosen(scene, "/http/b")).toBe("two");
    expect(scene.questions).toEqual([[], ["one"]]);
  });

  it("learns of a path that a host has begun to serve", async () => {
    const scene = new FrontScene();
    const tab = scene.open("one", {});
    expect(await chosen(scene, "/http/new")).toBe("no-route");
    tab.routes = [{ actor: "M", path: "/http/new", isHere: true }];
    expect(await chosen(scene, "/http/new")).toBe("one");
    expect(await chosen(scene, "/http/a")).toBe("no-route");
  });

  it("forgets a host that is gone", async () => {
    const scene = new FrontScene();
    scene.open("one", {});
    expect(await chosen(scene, "/http/a")).toBe("one");
    scene.close("one");
    expect(await chosen(scene, "/http/a")).toBe("no-host");
  });

  it("does not wait for a host that ends while it is waited for, nor for one that never comes", async () => {
    const scene = new FrontScene(60_000);
    scene.open("ending");
    scene.deaf.add("ending");
    const waiting = chosen(scene, "/http/a");
    await new Promise((resolve) => setTimeout(resolve, 0));
    scene.close("ending");
    expect(await waiting).toBe("no-host");
    const patient = new FrontScene(20);
    patient.open("silent");
    patient.deaf.add("silent");
    expect(await chosen(patient, "/http/a")).toBe("no-host");
  });

  it("takes a new port of a host in place of the former", async () => {
    const scene = new FrontScene();
    const tab = scene.open("one", {});
    await chosen(scene, "/http/a");
    const before = await scene.table.choose("/http/a", none);
    scene.connect(tab);
    await expect.poll(() => scene.table.choose("/http/a", none), { interval: 2 }).not.toBe(before);
    expect(await chosen(scene, "/http/a")).toBe("one");
  });
});
