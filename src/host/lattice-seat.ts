import type { ControlledHost } from "../control/index.ts";
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
import type { CoreServices } from "./core-services.ts";
import type { LatticeDescription } from "./description.ts";
import { type LatticeConnections, LatticeMembership } from "./lattice-membership.ts";
import type { LinkManager } from "./link-manager.ts";

/** Where and how to join a lattice. */
export interface JoinOptions extends NatsOptions {
  /** Namespace prefix of the lattice; default that of the host. */
  readonly namespace?: string;
}

/** What a seat works with. */
export interface LatticeSeatOptions {
  readonly services: CoreServices;
  readonly links: LinkManager;
  readonly namespace: string;
  readonly key: () => KeyPair;
  readonly host: () => ControlledHost;
  /** Tells the lattice of everything that runs here and of all links, through `services.announce`. */
  readonly announceAll: () => void;
  /** Events that tell of a running host with all that runs on it, for those who follow the lattice's events. */
  readonly arrival: () => readonly HostEventBody[];
}

/** A host's place on a lattice, taken or empty. Joining and leaving happen one after the other. */
export class LatticeSeat {
  readonly #options: LatticeSeatOptions;
  #description: LatticeDescription;
  #membership: LatticeMembership | undefined;
  /** The connection that was made here, and is closed here. */
  #connection: LatticeConnection | undefined;
  #unwatch: (() => void) | undefined;
  #transition: Promise<void> = Promise.resolve();

  constructor(options: LatticeSeatOptions) {
    this.#options = options;
    this.#description = {
      state: "standalone",
      namespace: options.namespace,
      since: options.services.now(),
    };
  }

  get description(): LatticeDescription {
    return this.#description;
  }

  /** Joins over connections that stay the giver's to close. @throws HostError why it failed. */
  enter(connections: LatticeConnections): Promise<void> {
    return this.#inTurn(async () => {
      await this.#enter(connections, this.#options.namespace);
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
      const { namespace = this.#options.namespace, ...nats } = options;
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
        const connections = { rpc: this.#connection, control: this.#connection };
        const membership = await this.#enter(connections, namespace);
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
    const rpc = this.#membership?.rpc;
    if (rpc === undefined) return;
    const { counters, logger } = this.#options.services;
    try {
      tell(rpc);
    } catch (error) {
      // What cannot be told now is told when the connection is back.
      const { code, message } = asHostError(error);
      counters.add("lattice.unannounced");
      if (code !== "lattice.not_connected") {
        logger.warn(`Failed to advertise to message bus: ${message}`, { code });
      }
    }
  }

  async #enter(connections: LatticeConnections, namespace: string): Promise<LatticeMembership> {
    const { services, links, key, host, announceAll } = this.#options;
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
    announceAll();
    return membership;
  }

  async #exit(error?: HostError): Promise<void> {
    const { namespace } = this.#description;
    this.#unwatch?.();
    const [membership, connection] = [this.#membership, this.#connection];
    this.#membership = this.#connection = this.#unwatch = undefined;
    await this.#options.services.dispatcher.connect(undefined);
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
      if (state === "connected") this.#options.announceAll();
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
