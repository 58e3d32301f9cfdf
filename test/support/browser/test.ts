import { test as base, expect } from "@playwright/test";
import { type NatsServer, startNatsServer } from "../../../node/lattice/nats-server.ts";
import type { DashboardServer } from "../../../node/start/dashboard-server.ts";
import { serveDashboard } from "../dashboard.ts";
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
  /** A tab with a running host, standalone. */
  readonly tab: Tab;
  /** A nats-server of this test alone, so that no tab of another test can answer. */
  readonly nats: NatsServer;
  /** A member of that server's lattice that is no host. */
  readonly peer: Peer;
}

interface Servers {
  readonly dashboard: DashboardServer;
}

/** The test function of all browser tests. Servers are started when a test asks for them. */
export const test = base.extend<Fixtures, Servers>({
  dashboard: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const server = await serveDashboard();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
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
  tab: async ({ openTab }, use) => {
    await use(await openTab());
  },
  peer: async ({ nats }, use) => {
    const peer = await Peer.connect(nats.webSocketUrl);
    await use(peer);
    await peer.close();
  },
});

export { expect };
