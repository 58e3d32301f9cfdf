import { withDeadline } from "../../../node/system/deadline.ts";
import { messageOf } from "../../../src/index.ts";
import type { EngineRun } from "../outcome.ts";
import { type Browser, CHROMIUM, FIREFOX, openBrowser } from "./browser.ts";
import type { Engine } from "./engine.ts";
import { startPageServer } from "./page-server.ts";

const RUN_TIMEOUT_MS = 240_000;

export const chromium: Engine = browserEngine(CHROMIUM);
export const firefox: Engine = browserEngine(FIREFOX);

/** A browser that runs the suite in a page that is cross-origin isolated, and in one that is not. */
function browserEngine(browser: Browser): Engine {
  return {
    name: browser.name,
    run: async () => {
      const runs: EngineRun[] = [];
      for (const isolated of [true, false]) runs.push(await runInPage(browser, isolated));
      return runs;
    },
  };
}

async function runInPage(browser: Browser, isolated: boolean): Promise<EngineRun> {
  const server = await startPageServer({ isolated });
  try {
    const open = await openBrowser(browser, server.url);
    try {
      const report = await withDeadline(
        Promise.race([server.report, open.lost]),
        RUN_TIMEOUT_MS,
        "the suite",
      );
      if (report.outcome === undefined) throw new Error(report.failure);
      if (report.isolated !== isolated) throw new Error(`the page is${isolated ? " not" : ""} isolated`);
      const [, version = "?"] = browser.version.exec(report.userAgent) ?? [];
      return { engine: browser.name, version, isolated, outcome: report.outcome };
    } catch (error) {
      throw new Error(`${messageOf(error)} (in ${server.current()})`, { cause: error });
    } finally {
      await open.stop();
    }
  } finally {
    await server.stop();
  }
}
