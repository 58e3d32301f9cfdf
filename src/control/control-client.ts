import { SYSTEM_ACTOR } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import { isPublicKey, KeyPair } from "../keys/index.ts";
import { LatticeRpc, type LinkDefinition, type LinkRemoval } from "../lattice/index.ts";
import type { Constraints } from "./auction-messages.ts";
import {
  type ControlClientOptions,
  type ResolvedClientOptions,
  resolveClientOptions,
} from "./client-options.ts";
import {
  type ActorBid,
  actorBids,
  actorStarting,
  claimsList,
  type HostInventory,
  type HostSummary,
  hostInventory,
  hostSummary,
  type ListedClaims,
  linkList,
  type ProviderBid,
  providerBids,
  providerStarting,
  stopped,
  updating,
} from "./client-replies.ts";
import { type Asked, type ControlRequest, ControlRequests, unanswered } from "./control-requests.ts";
import { EventFeed } from "./event-feed.ts";
import type { PublishedEvent } from "./event-messages.ts";

/** When to stop collecting before the time is over. */
export interface CollectOptions {
  /** Default 10,000 answers. */
  readonly maxReplies?: number;
}

/**
 * Drives the hosts of a lattice: asks what they run, tells them what to start and stop, hears their events. Protocol
 * section 8.7. Commands resolve when a host acknowledges them; what becomes of starts and updates afterwards is told
 * by events only.
 *
 * What hosts answer is checked but unsigned: whoever may publish on the lattice may answer.
 *
 * Besides what each call names, all throw `lattice.not_connected` once closed, and what the connection throws;
 * `input.invalid` for a host id that cannot be part of a subject.
 */
export class ControlClient {
  readonly #options: ResolvedClientOptions;
  readonly #requests: ControlRequests;
  readonly #events: EventFeed;
  #rpc: Promise<LatticeRpc> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws HostError `input.invalid` for a bad namespace or number, or a key of another kind than `N`. */
  constructor(options: ControlClientOptions) {
    this.#options = resolveClientOptions(options);
    this.#requests = new ControlRequests(this.#options);
    this.#events = new EventFeed(this.#options);
  }

  /**
   * All hosts that answer in time. Answers that cannot be read are counted, here as with auctions.
   *
   * @param waitMs - milliseconds, waited in full; default `auctionTimeoutMs`.
   */
  getHosts(waitMs?: number, options: CollectOptions = {}): Promise<HostSummary[]> {
    const { subjects } = this.#options;
    return this.#collect({ subject: subjects.getHosts, schema: hostSummary }, waitMs, options);
  }

  /** @throws HostError `control.no_host`, `lattice.timeout`, `lattice.undecodable`. */
  getHostInventory(hostId: string): Promise<HostInventory> {
    return this.#ask(
      () => ({ subject: this.#options.subjects.inventory(hostId), schema: hostInventory }),
      host(hostId),
    );
  }

  /** The claims that the first host to answer knows. @throws HostError as {@link getHostInventory}. */
  getClaims(): Promise<readonly ListedClaims[]> {
    const { subjects } = this.#options;
    return this.#ask(() => ({ subject: subjects.getClaims, schema: claimsList }), ANY_HOST);
  }

  /**
   * The links that the first host to answer knows. Their values may be secrets.
   *
   * @throws HostError as {@link getHostInventory}.
   */
  getLinks(): Promise<readonly LinkDefinition[]> {
    const { subjects } = this.#options;
    return this.#ask(() => ({ subject: subjects.getLinks, schema: linkList }), ANY_HOST);
  }

  /**
   * Tells a host to start an actor.
   *
   * @param reference - image reference or address of its module.
   * @throws HostError `control.refused` with the host's reason, and as {@link getHostInventory}.
   */
  startActor(hostId: string, reference: string): Promise<void> {
    return this.#command(hostId, () => ({
      subject: this.#options.subjects.command(hostId, "la"),
      body: { actor_ref: reference, host_id: hostId },
      schema: actorStarting,
    }));
  }

  /** @param reference - the actor's key, or what it was started from. @throws HostError as {@link startActor}. */
  stopActor(hostId: string, reference: string): Promise<void> {
    return this.#command(hostId, () => ({
      subject: this.#options.subjects.command(hostId, "sa"),
      body: { host_id: hostId, actor_ref: reference },
      schema: stopped,
    }));
  }

  /** Tells a host to start a provider. @throws HostError as {@link startActor}. */
  startProvider(hostId: string, reference: string, linkName: string): Promise<void> {
    return this.#command(hostId, () => ({
      subject: this.#options.subjects.command(hostId, "lp"),
      body: { host_id: hostId, provider_ref: reference, link_name: linkName },
      schema: providerStarting,
    }));
  }

  /**
   * @param reference - the provider's key, or what it was started from.
   * @param contractId - its contract; first-party hosts leave a subscription behind for a wrong one.
   * @throws HostError as {@link startActor}.
   */
  stopProvider(hostId: string, reference: string, linkName: string, contractId: string): Promise<void> {
    return this.#command(hostId, () => ({
      subject: this.#options.subjects.command(hostId, "sp"),
      body: { host_id: hostId, provider_ref: reference, link_name: linkName, contract_id: contractId },
      schema: stopped,
    }));
  }

  /**
   * Tells a host to replace a running actor by a newer revision. Hosts acknowledge also what they will refuse, such as
   * all updates where these are not enabled.
   *
   * @param actorId - the actor's key, never a reference.
   * @throws HostError as {@link startActor}.
   */
  updateActor(hostId: string, actorId: string, newReference: string): Promise<void> {
    return this.#command(hostId, () => ({
      subject: this.#options.subjects.command(hostId, "upd"),
      body: { host_id: hostId, actor_id: actorId, new_actor_ref: newReference },
      schema: updating,
    }));
  }

  /**
   * Asks which hosts would start an actor: those that do not run it and have all these labels.
   *
   * @param waitMs - milliseconds, waited in full; default `auctionTimeoutMs`.
   */
  performActorAuction(
    reference: string,
    constraints: Constraints = {},
    waitMs?: number,
    options: CollectOptions = {},
  ): Promise<ActorBid[]> {
    const body = { actor_ref: reference, constraints };
    const { subjects } = this.#options;
    return this.#collect({ subject: subjects.actorAuction, body, schema: actorBids }, waitMs, options);
  }

  /** Asks which hosts would start a provider. As {@link performActorAuction}. */
  performProviderAuction(
    reference: string,
    linkName: string,
    constraints: Constraints = {},
    waitMs?: number,
    options: CollectOptions = {},
  ): Promise<ProviderBid[]> {
    const body = { provider_ref: reference, link_name: linkName, constraints };
    const { subjects } = this.#options;
    return this.#collect({ subject: subjects.providerAuction, body, schema: providerBids }, waitMs, options);
  }

  /**
   * Calls an actor wherever it runs, signed by this client, as `system`.
   *
   * @param actorKey - its `M…` key.
   * @param timeoutMs - default that of the constructor.
   * @throws HostError `dispatch.invocation_failed` with the text of the host or actor, `input.invalid` for what is no
   * actor key, and as {@link getHostInventory}.
   */
  async callActor(
    actorKey: string,
    operation: string,
    payload: Uint8Array,
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<Uint8Array> {
    if (!isPublicKey(actorKey, "module")) {
      throw new HostError("input.invalid", `"${actorKey.slice(0, 100)}" is not the public key of an actor`);
    }
    const rpc = await this.#lattice();
    const origin = { kind: "actor", id: SYSTEM_ACTOR } as const;
    const target = { kind: "actor", id: actorKey } as const;
    const response = await rpc
      .call({ origin, target, operation, payload }, { timeoutMs })
      .catch((error: unknown) => Promise.reject(unanswered(error, actor(actorKey), timeoutMs)));
    if (response.error === undefined) return response.payload;
    throw new HostError("dispatch.invocation_failed", response.error, { details: { actor: actorKey } });
  }

  /**
   * Tells all hosts of a link. Resolves when the server has it; nobody confirms.
   *
   * @throws HostError `link.invalid`.
   */
  async advertiseLink(link: LinkDefinition): Promise<void> {
    (await this.#lattice()).announceLink(link);
    await this.#options.connection.flush();
  }

  /** Tells all hosts that a link is gone. As {@link advertiseLink}. */
  async removeLink(actorId: string, contractId: string, linkName: string): Promise<void> {
    const removal: LinkRemoval = { actorId, contractId, linkName };
    (await this.#lattice()).announceLinkRemoval(removal);
    await this.#options.connection.flush();
  }

  /**
   * Calls the listener with every event of every host from now on. What is no event of this generation is counted and
   * dropped.
   *
   * @returns ends the listening.
   */
  onEvent(listener: (event: PublishedEvent) => void): () => void {
    this.#requireOpen();
    return this.#events.listen(listener);
  }

  /** Ends all listening. The connection stays open, and what waits for an answer goes on. Twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#events.close();
    // Without an identity there is nothing to close.
    await (await this.#rpc?.catch(() => undefined))?.close();
  }

  async #ask<T>(request: () => ControlRequest<T>, who: Asked): Promise<T> {
    this.#requireOpen();
    return this.#requests.ask(request(), who);
  }

  async #command(hostId: string, request: () => ControlRequest<string | undefined>): Promise<void> {
    const failure = await this.#ask(request, host(hostId));
    if (failure !== undefined) throw new HostError("control.refused", failure, { details: { hostId } });
  }

  async #collect<T>(
    request: ControlRequest<T>,
    waitMs: number = this.#options.auctionTimeoutMs,
    { maxReplies }: CollectOptions = {},
  ): Promise<T[]> {
    this.#requireOpen();
    return this.#requests.collect(request, { waitMs, maxReplies });
  }

  /** Made when it is first needed, with the identity that signs. */
  #lattice(): Promise<LatticeRpc> {
    this.#requireOpen();
    const { connection, subjects, key, timeoutMs } = this.#options;
    const make = async () => {
      const host = key ?? (await KeyPair.generate("server"));
      return new LatticeRpc({ connection, host, namespace: subjects.namespace, timeoutMs });
    };
    this.#rpc ??= make();
    return this.#rpc;
  }

  #requireOpen(): void {
    if (this.#closing === undefined) return;
    throw new HostError("lattice.not_connected", "This control client is closed");
  }
}

const ANY_HOST: Asked = { name: "The lattice", absent: "No host is on this lattice" };

function host(id: string): Asked {
  return { name: `Host ${id}`, absent: `Host ${id} is not on this lattice` };
}

function actor(key: string): Asked {
  return { name: `Actor ${key}`, absent: `No host of this lattice runs actor ${key}` };
}
