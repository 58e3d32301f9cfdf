import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { nodeLabels, threadRuntime, webSocketFactory } from "../../../node/index.ts";
import { type Host, HostBuilder } from "../../../src/index.ts";
import { test as base, expect } from "./test.ts";

/** An HTTP server of modules for hosts of every kind: tabs may fetch from it too. */
export interface ModuleServer {
  /** Serves bytes, and answers their address. */
  serve(path: string, bytes: Uint8Array): string;
  /** An address at which there is nothing. */
  readonly missing: string;
}

interface Fixtures {
  readonly modules: ModuleServer;
  /** Starts a host on Node that takes live updates, as a member of the lattice of the test. */
  readonly startNodeHost: (labels?: Readonly<Record<string, string>>) => Promise<Host>;
}

/** As `test`, with hosts that are no tabs and modules that all of them can fetch. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  modules: async ({}, use) => {
    const files = new Map<string, Uint8Array>();
    const server = createServer((request, response) => {
      const file = files.get(request.url ?? "");
      // The pages are cross-origin isolated: both headers are needed.
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
      if (file === undefined) response.writeHead(404).end("not here");
      else response.end(file);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await use({
      serve: (path, bytes) => {
        files.set(path, bytes);
        return `${origin}${path}`;
      },
      missing: `${origin}/missing.wasm`,
    });
    server.closeAllConnections();
    server.close();
  },
  startNodeHost: async ({ actorThreads, nats }, use) => {
    const hosts: Host[] = [];
    await use(async (labels = {}) => {
      const builder = new HostBuilder()
        .withActorRuntime(threadRuntime({ script: actorThreads }))
        .withCoreLabels(nodeLabels())
        .enableLiveUpdates();
      for (const [name, value] of Object.entries(labels)) builder.withLabel(name, value);
      const host = builder.build();
      hosts.push(host);
      await host.start();
      await host.joinLattice({ servers: nats.webSocketUrl, webSocketFactory });
      return host;
    });
    await Promise.all(hosts.map((host) => host.stop()));
  },
});

/** The panel of the lattice's hosts. */
export function hostsPanel(page: Page): Locator {
  return page.getByRole("region", { name: "Lattice hosts" });
}

/** A host in that panel, by its key; the tab's own by `this tab`. */
export function hostItem(page: Page, id: string): Locator {
  const name =
    id === "this tab" ? "Lattice host: this tab" : `Lattice host ${id.slice(0, 5)}…${id.slice(-5)}`;
  return hostsPanel(page).getByRole("listitem", { name, exact: true });
}

/** What a host runs by that name, in its item. */
export function runItem(host: Locator, name: string): Locator {
  return host.getByRole("listitem", { name: `${name} on ` });
}

/** Starts an actor or provider on a host by the forms of its item. */
export async function startOn(
  host: Locator,
  kind: "an actor" | "a provider",
  reference: string,
  linkName?: string,
): Promise<void> {
  await host.getByRole("button", { name: `Start ${kind} on` }).click();
  const form = host.getByRole("form", { name: `Start ${kind} on` });
  await form.getByLabel("Reference").fill(reference);
  if (linkName !== undefined) await form.getByLabel("Link name").fill(linkName);
  await form.getByRole("button", { name: "Start" }).click();
  await expect(form).toBeHidden();
}

/** Stops what an item stands for, confirming it. */
export async function stopItem(item: Locator): Promise<void> {
  await item.getByRole("button", { name: /^Stop / }).click();
  await item.getByRole("button", { name: /^Confirm: Stop / }).click();
}

export { expect };
