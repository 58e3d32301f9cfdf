import {
  answerCall,
  type CallHandlers,
  type Contract,
  type Exchange,
  type Exchanges,
  exchangeOf,
  type ReplyOf,
  type RequestOf,
} from "../contracts/index.ts";
import { ActorLinks, type LinkOpener } from "./actor-links.ts";
import type { CapabilityProvider, ProviderDispatcher } from "./capability-provider.ts";
import { answerCoreOperation } from "./core-operations.ts";
import type { LinkValues } from "./link-values.ts";

/** Who calls, and how it is linked. */
export interface CallOrigin<Link> {
  /** The actor's `M…` key. */
  readonly actor: string;
  readonly link: Link;
}

/**
 * A provider of one contract: a subclass says what a link is and has one function for each operation. Links, health
 * checks, unknown operations and undecodable payloads are taken care of here.
 *
 * `Link` is whatever a subclass keeps for each linked actor, made from the values of the link.
 */
export abstract class ContractProvider<
  Calls extends Exchanges,
  Deliveries extends Exchanges,
  Link = LinkValues,
> implements CapabilityProvider
{
  readonly #contract: Contract<Calls, Deliveries>;
  readonly #links: ActorLinks<Link>;
  #dispatcher: ProviderDispatcher | undefined;

  protected constructor(contract: Contract<Calls, Deliveries>) {
    this.#contract = contract;
    const opener: LinkOpener<Link> = {
      open: (values, actor, former) => this.openLink(values, actor, former),
      close: (link, actor) => this.closeLink(link, actor),
      unlinked: (actor) => this.unlinked(actor),
    };
    this.#links = new ActorLinks(opener);
  }

  /** One function for each operation that actors call. */
  protected abstract readonly handlers: CallHandlers<Calls, CallOrigin<Link>>;

  /** The links in use, by the keys of their actors. What was opened without waiting is among them at once. */
  protected get links(): ReadonlyMap<string, Link> {
    return this.#links.inUse;
  }

  /**
   * Makes what is kept for an actor. Not called for values that are known. Where it throws, nothing may have changed.
   *
   * @param values - of the link, without those that the host adds.
   * @param former - what this is to replace: in use until this is done, and closed then. It stays if this fails.
   * @throws HostError `link.invalid`; calls of an actor that had no link before fail with it until the link is set again.
   */
  protected abstract openLink(
    values: LinkValues,
    actor: string,
    former: Link | undefined,
  ): Link | Promise<Link>;

  /**
   * Releases what {@link openLink} made, where nothing or another link is in use by now. What it throws is ignored.
   */
  protected closeLink(_link: Link, _actor: string): void | Promise<void> {}

  /** What an actor without a link works with; undefined, the default, refuses its calls. */
  protected unlinked(_actor: string): Link | undefined {
    return undefined;
  }

  /** Releases what is not of one link. Called after all links were closed. */
  protected close(): void | Promise<void> {}

  /**
   * Calls an operation of an actor.
   *
   * @throws HostError `dispatch.invocation_failed`, or `provider.bad_request` if its answer cannot be read.
   */
  protected async deliver<Operation extends keyof Deliveries & string>(
    actor: string,
    operation: Operation,
    request: RequestOf<Deliveries[Operation]>,
  ): Promise<ReplyOf<Deliveries[Operation]>> {
    const exchange = exchangeOf(this.#contract.deliveries, operation) as Exchange<
      unknown,
      ReplyOf<Deliveries[Operation]>
    >;
    const answer = await this.#dispatcher?.dispatch(actor, operation, exchange.request.encode(request));
    return exchange.reply.decode(answer ?? new Uint8Array(0));
  }

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.#dispatcher = dispatcher;
  }

  async handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const core = await answerCoreOperation(this.#links, operation, payload);
    if (core !== undefined) return core;
    // Unknown operations are told from those that lack a link.
    exchangeOf(this.#contract.calls, operation);
    const context = { actor: origin, link: await this.#links.of(origin) };
    return answerCall(this.#contract.calls, this.handlers, { operation, payload, context });
  }

  async stop(): Promise<void> {
    await this.#links.closeAll();
    await this.close();
  }
}
