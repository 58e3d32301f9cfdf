import { decode } from "@msgpack/msgpack";
import { afterAll, describe, expect, it, vi } from "vitest";
import { type NatsServer, startNatsServer } from "../../node/lattice/nats-server.ts";
import { type ControlClient, type LinkDefinition, MEMORY_KEYVALUE_PROVIDER } from "../../src/index.ts";
import { type LatticeHost, startLatticeHost } from "../support/lattice-host.ts";
import { controlClient } from "../support/lattice-scene.ts";
import { useModuleServer } from "../support/module-server.ts";
import { type Revisions, revisionsOf } from "../support/revisions.ts";
import { seeded } from "../support/seeded.ts";

const HOSTS = 5;
const ACTORS = 4;
const STEPS = 4_000;
const STEPS_AT_ONCE = 6;
const KEYVALUE = "weblattice:keyvalue-memory";
const CONTRACT = "wasmcloud:keyvalue";
const LINK_NAMES = ["default", "backup"] as const;

const SEED = process.env["WEBLATTICE_SEED"];
const random = seeded(SEED === undefined ? undefined : Number(SEED));

/** A lattice of hosts that come and go. */
class Churn {
  readonly hosts: LatticeHost[] = [];
  readonly done: Record<string, number> = {};
  /** The last restart of each place: one after the other. */
  readonly #restarts = new Map<number, Promise<void>>();
  readonly #actors: readonly Revisions[];
  readonly #reference: (actor: number, revision: number) => string;
  #server: NatsServer;
  #client: ControlClient | undefined;

  constructor(
    server: NatsServer,
    actors: readonly Revisions[],
    reference: (actor: number, revision: number) => string,
  ) {
    this.#server = server;
    this.#actors = actors;
    this.#reference = reference;
  }

  get client(): ControlClient {
    if (this.#client === undefined) throw new Error("The client is not connected yet");
    return this.#client;
  }

  async begin(): Promise<void> {
    this.#client = await controlClient(this.#server.webSocketUrl);
    for (let place = 0; place < HOSTS; place++) this.hosts.push(await this.#newHost());
  }

  async end(): Promise<void> {
    await Promise.all(this.hosts.map(({ host }) => host.stop()));
    await this.#server.stop();
  }

  /** One random step. What a host or the broker refuses on the way is part of the life of a lattice. */
  async step(): Promise<void> {
    const steps: readonly (readonly [weight: number, name: string, work: () => Promise<unknown>])[] = [
      [6, "start actor", () => this.client.startActor(this.#hostId(), this.#anyReference())],
      [3, "stop actor", () => this.client.stopActor(this.#hostId(), this.#actor().key)],
      [
        3,
        "update actor",
        () => this.client.updateActor(this.#hostId(), this.#actor().key, this.#anyReference()),
      ],
      [4, "start provider", () => this.client.startProvider(this.#hostId(), KEYVALUE, this.#linkName())],
      [2, "stop provider", () => this.#stopProvider()],
      [5, "set link", () => this.#host().host.setLink(this.#link())],
      [3, "remove link", () => this.#removeLink()],
      [2, "advertise link", () => this.client.advertiseLink(this.#link())],
      [8, "call actor", () => this.client.callActor(this.#actor().key, "Count", new Uint8Array(0), 1_000)],
      [1, "restart host", () => this.#restartHost()],
    ];
    let ticket = random.below(steps.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, name, work] of steps) {
      ticket -= weight;
      if (ticket >= 0) continue;
      const outcome = await Promise.resolve()
        .then(work)
        .then(
          () => "done",
          () => "refused",
        );
      this.#count(`${name}: ${outcome}`);
      return;
    }
  }

  /** Ends the broker for a moment. */
  async restartBroker(): Promise<void> {
    const { url, webSocketUrl } = this.#server;
    await this.#server.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    this.#server = await startNatsServer({
      port: Number(new URL(url).port),
      webSocketPort: Number(new URL(webSocketUrl).port),
    });
    this.#count("restart broker: done");
  }

  #count(name: string): void {
    this.done[name] = (this.done[name] ?? 0) + 1;
  }

  async #newHost(): Promise<LatticeHost> {
    const host = await startLatticeHost({ configure: (builder) => builder.enableLiveUpdates() });
    const how = { replication: { replayIntervalMs: 1_000 } };
    // The broker may be away at this very moment.
    await vi.waitFor(() => host.join(this.#server.webSocketUrl, how), WAIT);
    return host;
  }

  async #restartHost(): Promise<void> {
    const place = random.below(HOSTS);
    const before = this.#restarts.get(place) ?? Promise.resolve();
    const restart = before.then(async () => {
      await this.hosts[place]?.host.stop();
      this.hosts[place] = await this.#newHost();
    });
    this.#restarts.set(place, restart);
    await restart;
  }

  async #stopProvider(): Promise<void> {
    await this.client.stopProvider(this.#hostId(), MEMORY_KEYVALUE_PROVIDER.id, this.#linkName(), CONTRACT);
  }

  async #removeLink(): Promise<void> {
    const { actorId, contractId, linkName } = this.#link();
    if (random.below(2) === 0) await this.#host().host.removeLink(actorId, contractId, linkName);
    else await this.client.removeLink(actorId, contractId, linkName);
  }

  #host(): LatticeHost {
    const host = this.hosts[random.below(HOSTS)];
    if (host === undefined) throw new Error("No such host");
    return host;
  }

  #hostId(): string {
    return this.#host().host.id;
  }

  #actor(): Revisions {
    const actor = this.#actors[random.below(ACTORS)];
    if (actor === undefined) throw new Error("No such actor");
    return actor;
  }

  #linkName(): string {
    return LINK_NAMES[random.below(LINK_NAMES.length)] ?? "default";
  }

  #anyReference(): string {
    return this.#reference(random.below(ACTORS), 1 + random.below(3));
  }

  #link(): LinkDefinition {
    return {
      actorId: this.#actor().key,
      providerId: MEMORY_KEYVALUE_PROVIDER.id,
      contractId: CONTRACT,
      linkName: this.#linkName(),
      values: { NUMBER: String(random.below(5)) },
    };
  }
}

/**
 * What a host knows of its lattice, in an order that does not depend on how it learned of it.
 *
 * @param running - actors that run somewhere: a host goes by the claims that it verified itself, whatever others run.
 */
async function knowledge({ host }: LatticeHost, running: ReadonlySet<string>): Promise<unknown> {
  const { links } = await host.describe();
  return {
    claims: host
      .knownClaims()
      .map(({ subject, revision }) => (running.has(subject) ? subject : `${subject} ${revision}`))
      .sort(),
    links: links
      .map(({ actorId, linkName, providerId, values }) =>
        JSON.stringify([actorId, linkName, providerId, values]),
      )
      .sort(),
  };
}

async function runningActors(hosts: readonly LatticeHost[]): Promise<ReadonlySet<string>> {
  const described = await Promise.all(hosts.map(({ host }) => host.describe()));
  return new Set(described.flatMap(({ actors }) => actors.map(({ key }) => key)));
}

const modules = useModuleServer();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
process.on("unhandledRejection", note);
afterAll(() => void process.off("unhandledRejection", note));

describe("a lattice in which everything comes and goes", () => {
  it(`agrees in the end (seed ${random.seed})`, async () => {
    const actors = await Promise.all(Array.from({ length: ACTORS }, () => revisionsOf("kvcounter")));
    for (const [number, actor] of actors.entries()) {
      for (const revision of [1, 2, 3]) {
        const claims = { name: `actor ${number}`, capabilities: [CONTRACT] };
        const bytes = await actor.sign(revision, claims);
        modules.route(`/${number}-${revision}.wasm`, (_, response) => response.end(bytes));
      }
    }
    const reference = (actor: number, revision: number): string =>
      `${modules.origin}/${actor}-${revision}.wasm`;
    const churn = new Churn(await startNatsServer(), actors, reference);
    try {
      await churn.begin();
      const outages = [STEPS * 0.7, STEPS * 0.3];
      for (let done = 0; done < STEPS; done += STEPS_AT_ONCE) {
        const steps = Array.from({ length: STEPS_AT_ONCE }, () => churn.step());
        if (done >= (outages.at(-1) ?? STEPS)) {
          outages.pop();
          steps.push(churn.restartBroker());
        }
        await Promise.all(steps);
      }
      console.log(`seed ${random.seed}: ${JSON.stringify(churn.done)}`);
      await agreed(churn);
      expect(unhandled).toEqual([]);
    } finally {
      await churn.end();
    }
    await vi.waitFor(() => {
      const left = process
        .getActiveResourcesInfo()
        .filter((name) => name === "Worker" || name === "TCPSocketWrap");
      expect(left.filter((name) => name === "Worker")).toEqual([]);
    }, WAIT);
  }, 180_000);
});

const WAIT = { timeout: 20_000, interval: 250 };

async function agreed(churn: Churn): Promise<void> {
  await vi.waitFor(async () => {
    const somewhere = await runningActors(churn.hosts);
    const all = await Promise.all(churn.hosts.map((host) => knowledge(host, somewhere)));
    for (const other of all) expect(other).toEqual(all[0]);
  }, WAIT);
  for (const { host } of churn.hosts) {
    const [inventory, { actors, providers, links }] = [
      await churn.client.getHostInventory(host.id),
      await host.describe(),
    ];
    expect(inventory.actors.map(({ id, revision }) => [id, revision])).toEqual(
      actors.map(({ key, revision }) => [key, revision]),
    );
    expect(inventory.providers.map(({ id, linkName }) => [id, linkName])).toEqual(
      providers.map(({ id, linkName }) => [id, linkName]),
    );
    // Bound exactly where the provider runs under that link name, and the actor is known.
    const here = new Set(providers.map(({ linkName, contractId }) => `${contractId} ${linkName}`));
    const known = new Set(host.knownClaims().map(({ subject }) => subject));
    for (const { actorId, contractId, linkName, state } of links) {
      const isBound = here.has(`${contractId} ${linkName}`) && known.has(actorId);
      expect(state).toBe(isBound ? "bound" : "waiting");
    }
  }
  const hosts = await churn.client.getHosts();
  expect(hosts.map(({ id }) => id).sort()).toEqual(churn.hosts.map(({ host }) => host.id).sort());
  // What is linked and bound works, wherever the two are.
  for (const { host } of churn.hosts) {
    const { actors, links } = await host.describe();
    for (const { key } of actors) {
      if (!links.some(({ actorId, linkName }) => actorId === key && linkName === "default")) continue;
      const served = churn.hosts.map(async (other) =>
        (await other.host.describe()).providers.some(
          ({ contractId, linkName }) => contractId === CONTRACT && linkName === "default",
        ),
      );
      if (!(await Promise.all(served)).includes(true)) continue;
      const reply = await host.callActor(key, "Count", new Uint8Array(0));
      expect(decode(reply)).toMatchObject({ counter: expect.any(Number) });
    }
  }
}
