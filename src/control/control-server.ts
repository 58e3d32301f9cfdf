import { asHostError, messageOf } from "../errors/index.ts";
import type {
  ControlCommand,
  LatticeConnection,
  LatticeMessage,
  LatticeSubjects,
  LatticeSubscription,
} from "../lattice/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";
import type { ControlledHost } from "./controlled-host.ts";
import {
  type ActorCommand,
  claimsReply,
  hostReply,
  inventoryReply,
  linksReply,
  readStartActor,
  readStopActor,
  startActorAck,
  stopActorAck,
} from "./messages.ts";

/** Milliseconds after which a stop is acknowledged although the actor still serves a call: clients wait a second. */
const STOP_REPLY_MS = 500;

/** Starts that may be under way at one time: each may hold a whole module in memory. */
const MAX_STARTING = 32;

/** What a control server works with. */
export interface ControlServerOptions {
  readonly connection: LatticeConnection;
  readonly subjects: LatticeSubjects;
  readonly host: ControlledHost;
  readonly logger: Logger;
  readonly counters: Counters;
}

/**
 * Answers the control interface for one host. Protocol section 8. A start is acknowledged before the work, since
 * clients wait a second at most; what becomes of it is told by events and the log.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #subscriptions: LatticeSubscription[];
  /** References whose start was acknowledged and is not done: a second command for one is refused. */
  readonly #starting = new Set<string>();
  /** Commands of which an undecodable one was logged. */
  readonly #logged = new Set<ControlCommand>();

  constructor(options: ControlServerOptions) {
    this.#options = options;
    const { subjects, host } = options;
    this.#subscriptions = [
      this.#serve(subjects.getHosts, () => hostReply(host.id, host.uptimeSeconds())),
      this.#serve(subjects.getClaims, () => claimsReply(host.knownClaims())),
      this.#serve(subjects.getLinks, () => linksReply(host.knownLinks())),
      this.#serve(subjects.inventory(host.id), () => inventoryReply(host.id, host.inventory())),
      this.#serve(subjects.command(host.id, "la"), (data) => this.#startActor(data)),
      this.#serve(subjects.command(host.id, "sa"), (data) => this.#stopActor(data)),
    ];
  }

  /** Takes no more commands. Twice is fine. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
  }

  #serve(
    subject: string,
    answer: (data: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  ): LatticeSubscription {
    const respond = async (message: LatticeMessage): Promise<void> => {
      this.#options.counters.add("control.received");
      message.respond(await answer(message.data));
    };
    // Commands are handled concurrently, so that one that takes long does not delay queries.
    const onMessage = (message: LatticeMessage): void => {
      respond(message).catch((error: unknown) => {
        this.#options.counters.add("control.failed");
        this.#options.logger.warn(`A control message could not be answered: ${messageOf(error)}`, {
          subject,
        });
      });
    };
    return this.#options.connection.subscribe(subject, { onMessage });
  }

  #startActor(data: Uint8Array): Uint8Array {
    const { host } = this.#options;
    let command: ActorCommand;
    try {
      command = readStartActor(data);
    } catch (error) {
      this.#reportUndecodable("la", error);
      const reason = `Bad StartActor command received: JSON deserialization failure: ${messageOf(error)}`;
      return startActorAck(host.id, "", reason);
    }
    const reference = command.actor_ref;
    if (this.#starting.has(reference) || host.isActorRunning(host.resolveReference(reference))) {
      const reason = `Actor with image ref '${reference}' is already running on this host`;
      return startActorAck(host.id, reference, reason);
    }
    if (this.#starting.size >= MAX_STARTING) {
      return startActorAck(
        host.id,
        reference,
        `${MAX_STARTING} actors are being started on this host already`,
      );
    }
    this.#starting.add(reference);
    void this.#finishStart(reference);
    return startActorAck(host.id, reference, null);
  }

  async #finishStart(reference: string): Promise<void> {
    const { host, logger, counters } = this.#options;
    try {
      await host.startActorFrom(reference);
    } catch (error) {
      const { code, message } = asHostError(error);
      counters.add("control.start_failed");
      logger.error(`Actor ${reference} was acknowledged but not started: ${message}`, { code, reference });
    } finally {
      this.#starting.delete(reference);
    }
  }

  async #stopActor(data: Uint8Array): Promise<Uint8Array> {
    const { host } = this.#options;
    let command: ActorCommand;
    try {
      command = readStopActor(data);
    } catch (error) {
      this.#reportUndecodable("sa", error);
      return stopActorAck("Failed to deserialize stop actor command");
    }
    const key = host.resolveReference(command.actor_ref);
    if (!host.isActorRunning(key)) {
      return stopActorAck("Actor is either not running on this host or host controller unresponsive");
    }
    try {
      // It is out of the running table at once; the call it serves may go on after the reply.
      await Promise.race([host.stopActor(key), delay(STOP_REPLY_MS)]);
      return stopActorAck(null);
    } catch {
      return stopActorAck("Host controller did not acknowledge stop command");
    }
  }

  /** Counts every one and logs the first for each command: nobody shall be able to fill the log. */
  #reportUndecodable(command: ControlCommand, error: unknown): void {
    const { counters, logger } = this.#options;
    counters.add("control.undecodable");
    if (this.#logged.has(command)) return;
    this.#logged.add(command);
    const reason = messageOf(error);
    logger.warn(
      `Undecodable ${command} command: ${reason} (further ones are only counted, as control.undecodable)`,
    );
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
