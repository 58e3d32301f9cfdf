import { expect } from "@playwright/test";
import { HTTP_SERVER_PROVIDER } from "../../../src/index.ts";
import { testActor } from "../actors.ts";
import type { Tab } from "./tab.ts";

/** An actor of `test/actors` that is served by HTTP. */
export interface ServedActor {
  readonly name: string;
  /** What its path begins with, below `/http`. */
  readonly path: string;
  /** Names of the providers that it uses. */
  readonly uses?: readonly string[];
  /** Milliseconds for a call; default that of the host. */
  readonly callDeadlineMs?: number;
  /** Default true. */
  readonly isStarted?: boolean;
}

/** Has a tab serve actors, and waits until the dashboard shows that it does. */
export async function serveActors(tab: Tab, actors: readonly ServedActor[]): Promise<void> {
  const host = await tab.host();
  const providers = ["weblattice:httpserver", ...new Set(actors.flatMap(({ uses = [] }) => uses))];
  await host.evaluate(async (client, names) => {
    for (const name of names) await client.startProviderFrom(name);
  }, providers);
  for (const { name, path, uses = [], callDeadlineMs, isStarted = true } of actors) {
    const { bytes, key } = testActor(name);
    const limits = callDeadlineMs === undefined ? {} : { limits: { callDeadlineMs } };
    if (isStarted) {
      await host.evaluate((client, { bytes, limits }) => client.startActor(bytes, limits), { bytes, limits });
    }
    const link = { actor: key, path, uses: ["weblattice:httpserver", ...uses] };
    await host.evaluate(async (client, { actor, path, uses }) => {
      const choices = await client.providerChoices();
      for (const { kind, id, contractId } of choices) {
        if (!uses.includes(kind)) continue;
        const values: Record<string, string> = kind === "weblattice:httpserver" ? { PATH: path } : {};
        await client.setLink({ actorId: actor, providerId: id, contractId, linkName: "default", values });
      }
    }, link);
  }
  const key = testActor(actors.at(-1)?.name ?? "").key;
  const row = tab.page.getByTestId(`link-${key}-${HTTP_SERVER_PROVIDER.contractId}-default`);
  await expect(row.getByRole("link")).toBeVisible();
}
