import { vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { ControlClient, connectNats, type HostBuilder, type LinkDefinition } from "../../src/index.ts";
import { atEndOfTest } from "./end-of-test.ts";
import { joinedHost, type Member } from "./lattice-host.ts";

/** Several hosts of one lattice, and a client that drives them all. */
export interface Scene {
  readonly client: ControlClient;
  readonly hosts: readonly Member[];
  /** Adds a host. */
  join(configure?: (builder: HostBuilder) => HostBuilder): Promise<Member>;
}

/** A client of the control interface with a connection of its own; closed at the end of the test. */
export async function controlClient(servers: string): Promise<ControlClient> {
  const connection = await connectNats({ servers, name: "control client", webSocketFactory });
  const client = new ControlClient({ connection, auctionTimeoutMs: 300, timeoutMs: 5_000 });
  atEndOfTest(async () => {
    await client.close();
    await connection.close();
  });
  return client;
}

/** A lattice of so many hosts that take live updates. */
export async function sceneOf(
  servers: string,
  count: number,
  configure: (builder: HostBuilder, index: number) => HostBuilder = (builder) => builder,
): Promise<Scene> {
  const join = (more: (builder: HostBuilder) => HostBuilder = (builder) => builder): Promise<Member> =>
    joinedHost(servers, { configure: (builder) => more(builder.enableLiveUpdates()) });
  const hosts = await Promise.all(
    Array.from({ length: count }, (_, index) => join((builder) => configure(builder, index))),
  );
  return { client: await controlClient(servers), hosts, join };
}

/** Resolves when a host runs an actor, or no longer does. */
export async function running({ host }: Member, actor: string, isRunning = true): Promise<void> {
  await vi.waitFor(async () => {
    const { actors } = await host.describe();
    if (actors.some(({ key }) => key === actor) !== isRunning) throw new Error(`${actor} on ${host.id}`);
  }, WAIT);
}

/** Resolves when a host's view of a link is the wanted one; undefined: it knows no such link. */
export async function linkState(
  { host }: Member,
  link: Pick<LinkDefinition, "actorId" | "contractId">,
  state: "bound" | "waiting" | "refused" | undefined,
): Promise<void> {
  await vi.waitFor(async () => {
    const { links } = await host.describe();
    const found = links.find(
      ({ actorId, contractId }) => actorId === link.actorId && contractId === link.contractId,
    );
    if (found?.state !== state) throw new Error(`the link is ${found?.state ?? "unknown"} on ${host.id}`);
  }, WAIT);
}

const WAIT = { timeout: 10_000, interval: 20 };
