import {
  type BrokerMessage,
  type CallHandlers,
  type MessagingCalls,
  type MessagingDeliveries,
  messagingContract,
} from "../../contracts/index.ts";
import { asHostError, HostError, messageOf } from "../../errors/index.ts";
import type { LatticeConnection, LatticeSubscription } from "../../lattice/index.ts";
import type { Counters, Logger } from "../../telemetry/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { DeliveryQueue } from "../delivery-queue.ts";
import { invalidValue, type LinkValues, listValue, textValue, wordValue } from "../link-values.ts";
import { type LinkConnection, type NatsSource, openLinkConnection } from "../nats/link-connection.ts";
import { checkPublishable, checkSubscribable } from "../nats/reserved-subjects.ts";

/** `wasmcloud:messaging` over NATS. */
export const NATS_MESSAGING_PROVIDER: ProviderDescriptor = {
  id: "VD72BCETB7ERGZHQAUJ57GLXGGWSUCIMUTXCHEBSTAZ6UVTVAANK6D2R",
  contractId: messagingContract.id,
  name: "weblattice NATS Messaging",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link NatsMessagingProvider} is made. */
export interface NatsMessagingOptions extends NatsSource {
  /** Messages that may wait for one actor; more are dropped, as NATS does with slow readers. Default 1,024. */
  readonly maxWaiting?: number;
  /** Bytes of those messages; default 16 MiB. */
  readonly maxWaitingBytes?: number;
  /** Messages handed to one actor at one time; default 1, which keeps their order. */
  readonly concurrency?: number;
  /**
   * Milliseconds that a request waits for its answer, whatever longer time the actor gives: its call of the provider
   * has a deadline too, and nobody is left who wants the answer. Default 60,000.
   */
  readonly maxTimeoutMs?: number;
  /** Where dropped and failed deliveries are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where they are counted, as `messaging.dropped` and `messaging.failed`; default nowhere. */
  readonly counters?: Counters;
}

interface MessagingLink extends LinkConnection<LatticeConnection> {
  readonly subscriptions: readonly LatticeSubscription[];
  readonly queue: DeliveryQueue<BrokerMessage>;
  readonly isRaw: boolean;
}

/**
 * Messages over NATS. Contracts document 7.4.
 *
 * Link values: `SUBSCRIPTION`, a comma list of subjects; `QUEUEGROUP_NAME`; `URL`, `CLIENT_JWT` and `CLIENT_SEED` for a
 * connection of the link's own; `REPLY_FORM`, `typed` or, for guests that want the bytes of an answer alone, `bare`.
 */
export class NatsMessagingProvider extends ContractProvider<
  MessagingCalls,
  MessagingDeliveries,
  MessagingLink
> {
  readonly #options: NatsMessagingOptions;

  constructor(options: NatsMessagingOptions) {
    super(messagingContract);
    this.#options = options;
  }

  protected override readonly handlers: CallHandlers<MessagingCalls, CallOrigin<MessagingLink>> = {
    Publish: ({ subject, replyTo, body }, { link }) => {
      if (link.isShared) for (const named of [subject, replyTo]) checkPublishable(named);
      try {
        link.connection.publish(subject, body, replyTo === "" ? {} : { reply: replyTo });
        return { published: true };
      } catch (error) {
        // What the lattice cannot do now is no error of the actor's; a bad subject is.
        if (asHostError(error).code === "input.invalid") throw error;
        this.#options.logger?.warn(`A message was not published: ${messageOf(error)}`);
        return { published: false };
      }
    },
    Request: async ({ subject, body, timeout }, { link }) => {
      if (link.isShared) checkPublishable(subject);
      if (timeout < 1) {
        throw new HostError("provider.bad_request", "The timeout must be a positive number of milliseconds");
      }
      const { maxTimeoutMs = 60_000 } = this.#options;
      const timeoutMs = Math.min(timeout, maxTimeoutMs);
      const answer = await link.connection.request(subject, body, { timeoutMs });
      // The subject of the answer is an inbox, which is of no use to anybody.
      return { subject, replyTo: "", body: answer, raw: link.isRaw };
    },
  };

  protected override async openLink(values: LinkValues, actor: string): Promise<MessagingLink> {
    const subjects = listValue(values, "SUBSCRIPTION");
    const group = textValue(values, "QUEUEGROUP_NAME");
    const isRaw = wordValue(values, "REPLY_FORM", ["typed", "bare"]) === "bare";
    const opened = await openLinkConnection(values, this.#options);
    const queue = this.#newQueue(actor);
    const subscriptions: LatticeSubscription[] = [];
    const link: MessagingLink = { ...opened, subscriptions, queue, isRaw };
    try {
      for (const subject of subjects) subscriptions.push(this.#subscribe(link, subject, group, actor));
      return link;
    } catch (error) {
      await this.closeLink(link);
      if (asHostError(error).code !== "input.invalid") throw error;
      throw invalidValue("SUBSCRIPTION", "must be a comma list of subjects, and QUEUEGROUP_NAME one token");
    }
  }

  protected override async closeLink({
    connection,
    isShared,
    subscriptions,
    queue,
  }: MessagingLink): Promise<void> {
    queue.close();
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
    if (!isShared) await connection.close();
  }

  #subscribe(
    { connection, isShared, queue }: MessagingLink,
    subject: string,
    group: string | undefined,
    actor: string,
  ): LatticeSubscription {
    if (isShared) checkSubscribable(subject);
    return connection.subscribe(subject, {
      ...(group === undefined ? {} : { queue: group }),
      onMessage: ({ subject: sentTo, data, reply }) => {
        // The bytes belong to the connection's buffer: a copy is what waits.
        const message = { subject: sentTo, replyTo: reply ?? "", body: data.slice() };
        if (!queue.offer(message, data.length))
          this.#report("dropped", actor, "too many messages wait for it");
      },
    });
  }

  #newQueue(actor: string): DeliveryQueue<BrokerMessage> {
    const { maxWaiting = 1_024, maxWaitingBytes = 16 * 1024 * 1024, concurrency = 1 } = this.#options;
    return new DeliveryQueue({
      deliver: (message) => this.deliver(actor, "HandleMessage", message),
      maxItems: maxWaiting,
      maxBytes: maxWaitingBytes,
      concurrency,
      onFailed: (error) => this.#report("failed", actor, messageOf(error)),
    });
  }

  #report(what: "dropped" | "failed", actor: string, reason: string): void {
    const count = this.#options.counters?.add(`messaging.${what}`);
    this.#options.logger?.warn(`A message for an actor was ${what === "dropped" ? "dropped" : "not taken"}`, {
      actor,
      reason,
      ...(count === undefined ? {} : { count }),
    });
  }
}
