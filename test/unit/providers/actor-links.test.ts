import { describe, expect, it } from "vitest";
import { ActorLinks, type LinkOpener } from "../../../src/providers/actor-links.ts";
import type { LinkValues } from "../../../src/providers/index.ts";

interface Opened {
  readonly name: string;
}

/** Opens links named by their values, and tells what it did. */
class Opener implements LinkOpener<Opened> {
  readonly story: string[] = [];
  /** Waited for when a link is opened. */
  gate: Promise<void> | undefined;

  open({ name = "", bad }: LinkValues, _actor: string, former: Opened | undefined): Opened | Promise<Opened> {
    this.story.push(`open ${name}${former === undefined ? "" : ` for ${former.name}`}`);
    const opened = (): Opened => {
      if (bad !== undefined) throw new Error(`${name} is ${bad}`);
      return { name };
    };
    return this.gate === undefined ? opened() : this.gate.then(opened);
  }

  close({ name }: Opened): void {
    this.story.push(`close ${name}`);
    if (name === "stuck") throw new Error("closing fails");
  }

  unlinked(): undefined {}
}

function kept(): { readonly opener: Opener; readonly links: ActorLinks<Opened> } {
  const opener = new Opener();
  return { opener, links: new ActorLinks(opener) };
}

describe("the links of a provider", () => {
  it("are replaced when the new one has opened, and the former is closed after that", async () => {
    const { opener, links } = kept();
    await links.bind("MA", { name: "stuck" });
    await links.bind("MA", { name: "b" });
    expect(await links.of("MA")).toEqual({ name: "b" });
    expect(opener.story).toEqual(["open stuck", "open b for stuck", "close stuck"]);
  });

  it.each(["at once", "after a while"])("stay as they were where new values are refused %s", async (when) => {
    const { opener, links } = kept();
    await links.bind("MA", { name: "a" });
    if (when === "after a while") opener.gate = Promise.resolve();
    await expect(links.bind("MA", { name: "b", bad: "wrong" })).rejects.toThrow("b is wrong");
    expect(await links.of("MA")).toEqual({ name: "a" });
    await links.bind("MA", { name: "a" });
    expect(opener.story).toEqual(["open a", "open b for a"]);
  });

  it("are in use while others are opened in their place", async () => {
    const { opener, links } = kept();
    await links.bind("MA", { name: "a" });
    let open = (): void => undefined;
    opener.gate = new Promise((resolve) => {
      open = resolve;
    });
    const bound = links.bind("MA", { name: "b" });
    expect(await links.of("MA")).toEqual({ name: "a" });
    open();
    await bound;
    expect(await links.of("MA")).toEqual({ name: "b" });
  });

  it("are the new ones already when the former are closed", async () => {
    const { opener, links } = kept();
    const seen: unknown[] = [];
    opener.close = () => void seen.push(links.inUse.get("MA"));
    await links.bind("MA", { name: "a" });
    await links.bind("MA", { name: "b" });
    await links.remove("MA");
    expect(seen).toEqual([{ name: "b" }, undefined]);
  });

  it("are seen at once by those that open next, where nothing was waited for", async () => {
    const { opener, links } = kept();
    const seen: number[] = [];
    const open = opener.open.bind(opener);
    opener.open = (...link) => {
      seen.push(links.inUse.size);
      return open(...link);
    };
    await Promise.all(["MA", "MB", "MC"].map((actor) => links.bind(actor, { name: actor })));
    expect(seen).toEqual([0, 1, 2]);
  });

  it("tell an actor that has none why its first one was refused, until it is mended or removed", async () => {
    const { links } = kept();
    const refused = links.bind("MA", { name: "a", bad: "wrong" });
    await expect(links.of("MA")).rejects.toThrow("a is wrong");
    await expect(refused).rejects.toThrow("a is wrong");
    await links.remove("MA");
    await expect(links.of("MA")).rejects.toMatchObject({ code: "link.not_found" });
    await links.bind("MA", { name: "b", bad: "wrong too" }).catch(() => undefined);
    await links.bind("MA", { name: "b" });
    expect(await links.of("MA")).toEqual({ name: "b" });
  });

  it("are so many at most, and removed ones do not count", async () => {
    const { links } = kept();
    await Promise.all(Array.from({ length: 10_000 }, (_, actor) => links.bind(String(actor), {})));
    await expect(links.bind("MA", {})).rejects.toMatchObject({ code: "provider.overloaded" });
    await links.remove("7");
    await links.bind("MA", {});
    await links.closeAll();
    expect(links.inUse.size).toBe(0);
  });
});
