import { ControlClient, type ControlledHost, ControlServer } from "../control/index.ts";
import { asHostError, messageOf } from "../errors/index.ts";
import { type HostEvent, type HostEventBody, publishedEvent } from "../events/index.ts";
import type { KeyPair } from "../keys/index.ts";
import { type LatticeConnection, LatticeRpc, latticeSubjects } from "../lattice/index.ts";
import type { CoreServices } from "./core-services.ts";
import type { LinkManager } from "./link-manager.ts";

/** The connections of a member; each plane is optional. Protocol: the three planes. */
export interface LatticeConnections {
  /** Calls and announcements. */
  readonly rpc?: LatticeConnection;
  /** Commands, queries and events. */
  readonly control?: LatticeConnection;
  /** Replication of the lattice cache; absent: the host learns only what it hears announced. */
  readonly cache?: LatticeConnection;
}

/** What a membership works with. */
export interface MembershipOptions {
  readonly connections: LatticeConnections;
  readonly namespace: string;
  readonly key: KeyPair;
  readonly services: CoreServices;
  readonly links: LinkManager;
  readonly host: ControlledHost;
}

const encoder = new TextEncoder();

/** A host's membership of one lattice: hears announcements, answers commands, publishes events. */
export class LatticeMembership {
  readonly rpc: LatticeRpc | undefined;
  /** Drives all hosts of the lattice, this one included; absent without the control plane. */
  readonly client: ControlClient | undefined;
  readonly #options: MembershipOptions;
  readonly #control: ControlServer | undefined;
  readonly #publish: (event: HostEvent) => void;
  readonly #stopPublishing: () => void;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { connections, namespace, key, services, links, host } = options;
    const { cache, logger, counters, limits, now, events } = services;
    const subjects = latticeSubjects(namespace);
    if (connections.rpc !== undefined) {
      this.rpc = new LatticeRpc({
        connection: connections.rpc,
        host: key,
        namespace,
        timeoutMs: limits.rpcTimeoutMs,
        handlerTimeoutMs: limits.callDeadlineMs + limits.rpcTimeoutMs,
        logger: logger.scoped("lattice"),
        counters,
        now,
      });
      this.rpc.onClaims((claims) => {
        cache.putClaims(claims, "announced");
        this.#background(links.evaluateActor(claims.subject));
      });
      this.rpc.onLink((link) => this.#background(links.takeAnnounced(link)));
      this.rpc.onLinkRemoval(({ actorId, contractId, linkName }) =>
        this.#background(links.takeAnnouncedRemoval(actorId, contractId, linkName)),
      );
    }
    if (connections.control !== undefined) {
      const connection = connections.control;
      this.#control = new ControlServer({
        connection,
        subjects,
        host,
        logger: logger.scoped("control"),
        counters,
      });
      this.client = new ControlClient({
        connection,
        namespace,
        key,
        logger: logger.scoped("control"),
        counters,
      });
      this.#publish = (event) => this.#send(connection, subjects.events, event);
    } else this.#publish = () => undefined;
    this.#stopPublishing = events.listen(this.#publish);
  }

  /** Resolves when the server has all subscriptions. @throws HostError as `flush` of the connections. */
  async ready(): Promise<void> {
    const { rpc, control } = this.#options.connections;
    await Promise.all([...new Set([rpc, control])].map((connection) => connection?.flush()));
  }

  /** Publishes what happens to the membership itself, which is no event of the host. */
  tell(body: HostEventBody): void {
    this.#publish({ ...body, time: this.#options.services.now() });
  }

  /** Leaves: no more is heard, answered or published. The connections stay open. Twice is fine. */
  async close(): Promise<void> {
    this.#stopPublishing();
    await Promise.all([this.#control?.close(), this.client?.close(), this.rpc?.close()]);
  }

  #send(connection: LatticeConnection, subject: string, event: HostEvent): void {
    const { host, services } = this.#options;
    const text = publishedEvent(event, host.id, () => services.cache.allClaims());
    if (text === undefined) return;
    try {
      connection.publish(subject, encoder.encode(text));
    } catch (error) {
      // Nobody hears an event that happens without a connection; the dashboard and the log have it.
      services.counters.add("events.unpublished");
      const { code, message } = asHostError(error);
      if (code !== "lattice.not_connected")
        services.logger.warn(`An event was not published: ${message}`, { code });
    }
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.services.logger.error(`An announcement could not be used: ${messageOf(error)}`);
    });
  }
}
