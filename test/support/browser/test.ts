import { test as base, expect } from "@playwright/test";
import { buildNodeWorker, nodeWorkerScript } from "../../../node/build/node-worker.ts";
import { type NatsServer, startNatsServer } from "../../../node/lattice/nats-server.ts";
import type { DashboardServer } from "../../../node/start/dashboard-server.ts";
import { serveDashboard } from "../dashboard.ts";
import { KeptTab } from "./kept-tab.ts";
import { Peer } from "./peer.ts";
import { Tab } from "./tab.ts";

/** What to open, and how. */
export interface TabOptions {
  /** Where the dashboard is; default the server of all tests. */
  readonly url?: string;
  /** Start options of the page, such as limits by name. */
  readonly query?: Readonly<Record<string, string | number>>;
  /** Console errors that belong to the test. */
  readonly tolerate?: RegExp;
}

interface Fixtures {
  /** Opens a tab with a running host; several share a browser profile. */
  readonly openTab: (options?: TabOptions) => Promise<Tab>;
  /**
   * Whether all tests of a file get one page as `tab`, each with a new host; default false. Not for tests that change
   * the page itself, such as its size, its clock or its storage.
   */
  readonly keepsTab: boolean;
  /** A tab with a running host, standalone. */
  readonly tab: Tab;
  /** A nats-server of this test alone, so that no tab of another test can answer. */
  readonly nats: NatsServer;
  /** A member of that server's lattice that is no host. */
  readonly peer: Peer;
}

/** What lives as long as a process that runs tests. */
interface Shared {
  readonly dashboard: DashboardServer;
  /** The script of actor threads on Node. */
  readonly actorThreads: URL;
  readonly keptTab: KeptTab;
}

/**
 * The test function of all browser tests. Servers are started when a test asks for them. What is shared is declared
 * here alone: a file that shared more would be given a process and a browser of its own.
 */
export const test = base.extend<Fixtures, Shared>({
  dashboard: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const server = await serveDashboard();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  actorThreads: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      await buildNodeWorker();
      await use(nodeWorkerScript);
    },
    { scope: "worker" },
  ],
  keptTab: [
    async ({ browser }, use) => {
      const kept = new KeptTab(browser);
      await use(kept);
      await kept.close();
    },
    { scope: "worker" },
  ],
  keepsTab: [false, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  nats: async ({}, use) => {
    const server = await startNatsServer();
    await use(server);
    await server.stop();
  },
  openTab: async ({ context, dashboard }, use) => {
    const opened: { readonly tab: Tab; readonly tolerate: RegExp | undefined }[] = [];
    await use(async ({ url = dashboard.url, query = {}, tolerate } = {}) => {
      const address = new URL(url);
      for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
      const tab = await Tab.open(await context.newPage(), address.href);
      opened.push({ tab, tolerate });
      return tab;
    });
    for (const { tab, tolerate } of opened) {
      expect(
        tab.complaints.filter((complaint) => tolerate?.test(complaint) !== true),
        "the page complains of nothing",
      ).toEqual([]);
    }
  },
  tab: async ({ dashboard, keepsTab, keptTab, openTab }, use, { file }) => {
    if (!keepsTab) return use(await openTab());
    const tab = await keptTab.take(file, dashboard.url);
    await use(tab);
    await tab.stopHost();
    const complaints = tab.complaints.splice(0);
    expect(complaints, "the page complains of nothing").toEqual([]);
  },
  peer: async ({ nats }, use) => {
    const peer = await Peer.connect(nats.webSocketUrl);
    await use(peer);
    await peer.close();
  },
});

export { expect };
