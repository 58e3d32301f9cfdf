import { decode, encode } from "@msgpack/msgpack";
import { expect, type JSHandle, type Page, type Worker } from "@playwright/test";
import type {
  ActorDescription,
  HostDescription,
  LinkDefinition,
  LogRecord,
  ProviderDescription,
} from "../../../src/index.ts";
// for `window.weblattice`
import type {} from "../../../web/dashboard/session/host-session.ts";
import type { HostClient } from "../../../web/index.ts";
import { testActor } from "../actors.ts";

/** How a call ended, as data: an exception would lose its code on the way out of the page. */
export type Answer =
  | { readonly ok: true; readonly reply: Uint8Array }
  | { readonly ok: false; readonly code: string; readonly message: string };

/**
 * Chromium tells every failed request on the console, whatever the page makes of it. No fault is that of a page whose
 * server offers no lattice, nor an attempt to reach a lattice that is away.
 */
const noFault = /weblattice\.json\)$|^WebSocket connection to/;

/** A tab with a running host, driven through the handle that the page gives to the browser's console. */
export class Tab {
  readonly page: Page;
  /** What the page wrote to the console as an error, and what it threw. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const text = `${message.text()} (${message.location().url})`;
      if (message.type() === "error" && !noFault.test(text)) this.complaints.push(text);
    });
  }

  /** Opens the dashboard and waits for its host. */
  static async open(page: Page, url: string): Promise<Tab> {
    const tab = new Tab(page);
    await page.goto(url);
    await expect(page.getByTestId("lattice-state")).toBeVisible();
    await page.waitForFunction(() => window.weblattice !== undefined);
    return tab;
  }

  /** The host of the tab, for calls that have no method here. */
  host(): Promise<JSHandle<HostClient>> {
    return this.page.evaluateHandle(() => {
      if (window.weblattice === undefined) throw new Error("No host runs in this tab");
      return window.weblattice.host;
    });
  }

  /** Ends the host, if it has not ended. */
  async stopHost(): Promise<void> {
    await this.page.evaluate(() => window.weblattice?.host.stop());
  }

  /** Has the page start a new host after the last one has ended. */
  async restartHost(): Promise<void> {
    await this.page.getByRole("button", { name: "Restart host" }).click();
    await this.page.waitForFunction(() => window.weblattice !== undefined);
    await expect(this.page.getByTestId("lattice-state")).toBeVisible();
  }

  /** The workers of actors: as many as actors run, once those that are ending have ended. */
  async actorWorkers(): Promise<readonly Worker[]> {
    const all = (): Worker[] => this.page.workers().filter((worker) => worker.url().includes("actor-worker"));
    const { actors } = await this.describe();
    await expect.poll(() => all().length).toBe(actors.length);
    return all();
  }

  async describe(): Promise<HostDescription> {
    return (await this.host()).evaluate((host) => host.describe());
  }

  /** An actor of `test/actors` as the host describes it; undefined unless it runs. */
  async actor(name: string): Promise<ActorDescription | undefined> {
    const { key } = testActor(name);
    return (await this.describe()).actors.find((actor) => actor.key === key);
  }

  /** Starts actors of `test/actors` by name. */
  async startActors(...names: string[]): Promise<void> {
    for (const name of names) await this.startModule(testActor(name).bytes);
  }

  async startModule(bytes: Uint8Array): Promise<ActorDescription> {
    return (await this.host()).evaluate((host, module) => host.startActor(module), bytes);
  }

  /** Starts the key-value provider of the tab. */
  async startKeyValue(): Promise<ProviderDescription> {
    await (await this.host()).evaluate((host) => host.startProviderFrom("weblattice:keyvalue-memory"));
    const { providers } = await this.describe();
    const provider = providers.find(({ contractId }) => contractId === "wasmcloud:keyvalue");
    if (provider === undefined) throw new Error("The key-value provider is not listed");
    return provider;
  }

  /** Links an actor of `test/actors` to a key-value provider. */
  async linkKeyValue(name: string, providerId: string): Promise<void> {
    const link: LinkDefinition = {
      actorId: testActor(name).key,
      providerId,
      contractId: "wasmcloud:keyvalue",
      linkName: "default",
      values: {},
    };
    await (await this.host()).evaluate((host, definition) => host.setLink(definition), link);
  }

  /** Collects the host's log lines from now on; the answered function tells them. */
  async followLog(): Promise<() => Promise<readonly LogRecord[]>> {
    const lines = await (await this.host()).evaluateHandle((host) => {
      const records: LogRecord[] = [];
      host.watch((message) => {
        if (message.kind === "log") records.push(message.record);
      });
      return records;
    });
    return () => lines.jsonValue();
  }

  async join(server: string): Promise<void> {
    await (await this.host()).evaluate((host, url) => host.join({ servers: [url] }), server);
  }

  /** Calls an actor by key or alias with a MessagePack value; without one, with no bytes. */
  async ask(target: string, operation: string, value?: unknown): Promise<Answer> {
    const payload = value === undefined ? new Uint8Array() : encode(value);
    const call = { target, operation, payload };
    return (await this.host()).evaluate(
      (host, { target, operation, payload }) =>
        host.call(target, operation, payload).then(
          ({ reply }) => ({ ok: true as const, reply }),
          ({ code, message }) => ({ ok: false as const, code: String(code), message: String(message) }),
        ),
      call,
    );
  }

  /** As {@link ask}, where only a reply will do: its decoded value. */
  async call(target: string, operation: string, value?: unknown): Promise<unknown> {
    const answer = await this.ask(target, operation, value);
    if (!answer.ok) throw new Error(`${operation} failed: ${answer.message} (${answer.code})`);
    return decode(answer.reply);
  }
}
