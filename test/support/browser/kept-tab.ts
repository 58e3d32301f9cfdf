import type { Browser } from "@playwright/test";
import { Tab } from "./tab.ts";

/**
 * One tab for all tests of a file: opening a page costs several times what starting a host in it does. Each test gets
 * a new host; what stays is the page around it, with its event log.
 */
export class KeptTab {
  readonly #browser: Browser;
  #kept: { readonly file: string; readonly tab: Tab } | undefined;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** The tab of that file, with a host that has just started. */
  async take(file: string, url: string): Promise<Tab> {
    if (this.#kept?.file === file && !this.#kept.tab.page.isClosed()) {
      const { tab } = this.#kept;
      await tab.restartHost();
      return tab;
    }
    await this.close();
    const context = await this.#browser.newContext();
    const tab = await Tab.open(await context.newPage(), url);
    this.#kept = { file, tab };
    return tab;
  }

  /** Closes the tab. Twice is fine. */
  async close(): Promise<void> {
    const context = this.#kept?.tab.page.context();
    this.#kept = undefined;
    await context?.close();
  }
}
