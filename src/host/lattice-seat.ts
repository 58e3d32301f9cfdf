import type { ActorClaims } from "../claims/index.ts";
import type { ControlClient, ControlledHost } from "../control/index.ts";
import { asHostError, HostError, toErrorRecord } from "../errors/index.ts";
import type { HostEventBody, LatticeState } from "../events/index.ts";
import type { KeyPair } from "../keys/index.ts";
import {
  type ConnectionStatus,
  connectNats,
  type LatticeConnection,
  type LatticeRpc,
  type NatsOptions,
} from "../lattice/index.ts";
import { Announcer } from "./announcer.ts";
import type { CoreServices } from "./core-services.ts";
import type { LatticeDescription } from "./description.ts";
import { type LatticeConnections, LatticeMembership } from "./lattice-membership.ts";
import { LatticeReplica, type ReplicationSettings } from "./lattice-replica.ts";
import type { LinkManager } from "./link-manager.ts";

/** Where and how to join a lattice. */
export interface JoinOptions extends NatsOptions {
  /** Namespace prefix of the lattice; default that of the host. */
  readonly namespace?: string;
  /**
   * Replicates the lattice cache over this connection too, so that a host that comes late learns of all claims, links,
   * aliases and references. Default: not, as first-party hosts. Its subjects carry no namespace: lattices that share a
   * server need subjects of their own.
   */
  readonly replication?: ReplicationSettings | boolean;
}

/** What a seat works with. */
export interface LatticeSeatOptions {
  readonly services: CoreServices;
  readonly links: LinkManager;
  readonly namespace: string;
  /** For connections that the host was built with. */
  readonly replication: ReplicationSettings;
  readonly key: () => KeyPair;
  readonly host: () => ControlledHost;
  /** Claims of what runs here. */
  readonly claims: () => readonly ActorClaims[];
  /** Events that tell of a running host with all that runs on it, for those who follow the lattice's events. */
  readonly arrival: () => readonly HostEventBody[];
}

/** A host's place on a lattice, taken or empty. Joining and leaving happen one after the other. */
export class LatticeSeat {
  readonly #options: LatticeSeatOptions;
  #description: LatticeDescription;
  readonly #announcer: Announcer;
  #membership: LatticeMembership | undefined;
  #replica: LatticeReplica | undefined;
  /** The connection that was made here, and is closed here. */
  #connection: LatticeConnection | undefined;
  #unwatch: (() => void) | undefined;
  #transition: Promise<void> = Promise.resolve();

  constructor(options: LatticeSeatOptions) {
    this.#options = options;
    const { counters, logger } = options.services;
    this.#announcer = new Announcer(() => this.#membership?.rpc, counters, logger);
    this.#description = {
      state: "standalone",
      namespace: options.namespace,
      since: options.services.now(),
    };
  }

  get description(): LatticeDescription {
    return this.#description;
  }

  /** Drives all hosts of the lattice. @throws HostError `lattice.not_connected` where there is none. */
  get client(): ControlClient {
    const client = this.#membership?.client;
    if (client !== undefined) return client;
    throw new HostError("lattice.not_connected", "The host is no member of a lattice's control plane", {
      hint: "Join a lattice first.",
    });
  }

  /** Joins over connections that stay the giver's to close. @throws HostError why it failed. */
  enter(connections: LatticeConnections): Promise<void> {
    return this.#inTurn(async () => {
      const { namespace, replication } = this.#options;
      await this.#enter(connections, namespace, replication);
    });
  }

  /** Connects and joins both planes. @throws HostError as `Host.joinLattice`; the seat is empty then. */
  join(options: JoinOptions): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#membership !== undefined) {
        throw new HostError("host.unsupported", "The host is a member of a lattice already", {
          hint: "Leave it first.",
        });
      }
      const { namespace = this.#options.namespace, replication = false, ...nats } = options;
      const { logger, counters, limits } = this.#options.services;
      this.#tell("connecting", namespace);
      try {
        const name = `weblattice ${this.#options.key().publicKey}`;
        this.#connection = await connectNats({
          name,
          logger: logger.scoped("lattice"),
          counters,
          maxPendingRequests: limits.pendingRequests,
          ...nats,
        });
        const both = { rpc: this.#connection, control: this.#connection };
        const connections = replication === false ? both : { ...both, cache: this.#connection };
        const settings = typeof replication === "boolean" ? this.#options.replication : replication;
        const membership = await this.#enter(connections, namespace, settings);
        for (const body of this.#options.arrival()) membership.tell(body);
      } catch (error) {
        const reason = asHostError(error, "lattice.connect_failed");
        await this.#exit(reason);
        throw reason;
      }
    });
  }

  /** Leaves, and tells the lattice that the host is gone; nothing happens in an empty seat. */
  leave(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#membership === undefined) return;
      this.#membership.tell({ type: "host_stopped" });
      await this.#exit();
    });
  }

  /** Tells the lattice something, if the host is a member of one. Never throws. */
  announce(tell: (rpc: LatticeRpc) => void): void {
    this.#announcer.announce(tell);
  }

  async #enter(
    connections: LatticeConnections,
    namespace: string,
    settings: ReplicationSettings,
  ): Promise<LatticeMembership> {
    const { services, links, key, host } = this.#options;
    const membership = new LatticeMembership({
      connections,
      namespace,
      key: key(),
      services,
      links,
      host: host(),
    });
    this.#membership = membership;
    await services.dispatcher.connect(membership.rpc);
    await membership.ready();
    const connection = connections.rpc ?? connections.control;
    this.#tell("connected", namespace, connection);
    this.#unwatch = connection?.onStatus((status) => this.#follow(status, namespace, connection));
    this.#announceActors();
    if (connections.cache === undefined) this.#announceLinks();
    else {
      const replica = new LatticeReplica({ connection: connections.cache, settings, services, links });
      this.#replica = replica;
      // Links that others removed while this host was away are forgotten before.
      void replica.ready.then(() => {
        if (this.#replica === replica) this.#announceLinks();
      });
    }
    return membership;
  }

  #announceActors(): void {
    for (const claims of this.#options.claims()) this.announce((rpc) => rpc.announceClaims(claims));
  }

  /** Where the cache is replicated, only those of this session: the others are known, or were removed meanwhile. */
  #announceLinks(): void {
    const { cache } = this.#options.services;
    for (const link of cache.allLinks()) {
      const cause = cache.causeOfLink(link.actorId, link.contractId, link.linkName);
      if (this.#replica !== undefined && cause !== "local") continue;
      this.announce((rpc) => rpc.announceLink(link));
    }
  }

  /** Tells what the lattice may have missed. */
  #catchUp(): void {
    this.#announceActors();
    // Replicated, links that were removed elsewhere meanwhile must not come back.
    if (this.#replica === undefined) this.#announceLinks();
    this.#announcer.catchUp();
  }

  async #exit(error?: HostError): Promise<void> {
    const { namespace } = this.#description;
    this.#unwatch?.();
    const [membership, connection, replica] = [this.#membership, this.#connection, this.#replica];
    this.#membership = this.#connection = this.#replica = this.#unwatch = undefined;
    this.#announcer.clear();
    await this.#options.services.dispatcher.connect(undefined);
    await replica?.close();
    await membership?.close();
    await connection?.close();
    if (this.#description.state !== "standalone") this.#tell("standalone", namespace, undefined, error);
  }

  #follow(status: ConnectionStatus, namespace: string, connection: LatticeConnection): void {
    if (status.type === "error") {
      this.#description = { ...this.#description, error: toErrorRecord(status.error) };
    } else if (status.type === "closed") {
      this.#inTurn(() => this.#exit(status.error)).catch((error: unknown) => {
        const { message } = asHostError(error);
        this.#options.services.logger.error(`Leaving a closed lattice failed: ${message}`);
      });
    } else {
      const state = status.type === "connected" ? "connected" : "reconnecting";
      if (state === this.#description.state) return;
      this.#tell(state, namespace, connection);
      if (state === "connected") this.#catchUp();
    }
  }

  #tell(state: LatticeState, namespace: string, connection?: LatticeConnection, error?: HostError): void {
    const { now, events } = this.#options.services;
    this.#description = {
      state,
      namespace,
      since: now(),
      ...(connection === undefined
        ? {}
        : { server: connection.server, serverVersion: connection.serverVersion }),
      ...(error === undefined ? {} : { error: toErrorRecord(error) }),
    };
    events.emit({
      type: "lattice_changed",
      state,
      ...(error === undefined ? {} : { reason: error.message }),
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#transition.then(work);
    this.#transition = done.catch(() => undefined);
    return done;
  }
}
