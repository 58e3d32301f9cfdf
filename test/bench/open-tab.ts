import { setTimeout as sleep } from "node:timers/promises";
import type { Stoppable } from "../../node/start/stop-in-turn.ts";
import { startOwnedProcess } from "../../node/system/owned-process.ts";
import { makeScratchFolder, type ScratchFolder } from "../../node/system/scratch-folder.ts";
import { chromiumFlags, findChromium } from "../support/chromium.ts";
import type { PageServer } from "./page-server.ts";
import { rendererKibibytes } from "./renderer-memory.ts";
import type { TabLine } from "./tab-line.ts";

const FLAGS: readonly string[] = ["--headless=new", ...chromiumFlags];

/** A Chromium with one tab and without a debugger, which would halve the speed of its WebSockets. */
export interface OpenTab extends Stoppable {
  readonly line: TabLine;
  /** What the process of the tab takes, in KiB. */
  kibibytes(): number;
}

/** Starts a Chromium that shows the page. A browser each: a tab that is not shown is slowed down. */
export async function openTab(
  pages: PageServer,
  name: string,
  flags: readonly string[] = [],
): Promise<OpenTab> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("There is no Chromium on this machine.");
  const profile = makeScratchFolder(`bench-${name}`);
  const { line, url } = pages.openLine(name);
  const browser = await startOwnedProcess(chromium, [
    ...FLAGS,
    ...flags,
    `--user-data-dir=${profile.path}`,
    url,
  ]);
  void browser.ended.then(({ code, signal }) => {
    line.cut(new Error(`Chromium ended (${code ?? signal}): ${browser.output().slice(-2000)}`));
  });
  return {
    line,
    kibibytes: () => rendererKibibytes(browser.pid),
    stop: async () => {
      await browser.stop();
      await removeProfile(profile);
    },
  };
}

/** The browser's helpers may still be writing when it has ended. */
async function removeProfile(profile: ScratchFolder): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      profile.remove();
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(100);
    }
  }
}
