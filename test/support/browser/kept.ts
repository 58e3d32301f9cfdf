import type { Page } from "@playwright/test";
import type { LinkDefinition } from "../../../src/index.ts";
import { testActor } from "../actors.ts";
import type { Tab } from "./tab.ts";

/** Starts an actor of `test/actors` and a provider of the host by its name, and links the two. */
export async function startLinked(tab: Tab, actor: string, provider: string): Promise<void> {
  await tab.startActors(actor);
  const choice = await (await tab.host()).evaluate(async (host, kind) => {
    await host.startProviderFrom(kind);
    return (await host.providerChoices()).find((each) => each.kind === kind);
  }, provider);
  if (choice === undefined) throw new Error(`The host offers no ${provider}`);
  const link: LinkDefinition = {
    actorId: testActor(actor).key,
    providerId: choice.id,
    contractId: choice.contractId,
    linkName: "default",
    values: {},
  };
  await (await tab.host()).evaluate((host, definition) => host.setLink(definition), link);
}

/** Kills the process of a tab, in the middle of whatever it does; resolves when it is gone. */
export async function kill({ page }: Tab): Promise<void> {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // What is gone does not answer.
  session.send("Page.crash").catch(() => undefined);
  await gone;
}

/** The sizes of the files that hold the bytes of blobs, in the origin of a page. */
export function blobFiles(page: Page): Promise<readonly number[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("weblattice-blobs", { create: true });
    const sizes: number[] = [];
    for await (const handle of folder.values()) {
      if (handle.kind === "file") sizes.push((await handle.getFile()).size);
    }
    return sizes;
  });
}

/** Puts a file there that no record tells of. */
export async function leaveBlobFile(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("weblattice-blobs");
    await folder.getFileHandle(crypto.randomUUID(), { create: true });
  });
}
