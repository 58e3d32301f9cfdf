import type {
  LatticeConnection,
  LatticeMessage,
  LatticeSubjects,
  LatticeSubscription,
} from "../lattice/index.ts";
import { type Counters, FaultLog, type Logger } from "../telemetry/index.ts";
import { ActorCommands } from "./actor-commands.ts";
import { Auctions } from "./auctions.ts";
import type { CommandContext } from "./command-context.ts";
import type { ControlledHost } from "./controlled-host.ts";
import { ProviderCommands } from "./provider-commands.ts";
import { claimsReply, hostReply, inventoryReply, linksReply } from "./query-replies.ts";
import { WorkUnderWay } from "./work-under-way.ts";

/** Starts and updates that may be under way at one time. */
const MAX_WORK = 32;

/** Messages whose answers may be waited for at one time: those beyond are not answered. */
const MAX_ANSWERING = 1_024;

/** What a control server works with. */
export interface ControlServerOptions {
  readonly connection: LatticeConnection;
  readonly subjects: LatticeSubjects;
  readonly host: ControlledHost;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** The answer to a message; undefined for silence. */
type Answer = (data: Uint8Array) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * Answers the control interface for one host: commands, auctions and queries. Protocol section 8. Starts and updates
 * are acknowledged before the work, since clients wait a second at most; what becomes of them is told by events and
 * the log.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #faults: FaultLog;
  readonly #subscriptions: LatticeSubscription[];
  #answering = 0;

  constructor(options: ControlServerOptions) {
    this.#options = options;
    const { subjects, host, logger, counters } = options;
    this.#faults = new FaultLog("control", logger, counters);
    const work = new WorkUnderWay(MAX_WORK);
    const context: CommandContext = { host, work, faults: this.#faults, logger, counters };
    const actors = new ActorCommands(context);
    const providers = new ProviderCommands(context);
    const auctions = new Auctions(context);
    const answers: readonly (readonly [subject: string, answer: Answer])[] = [
      [subjects.getHosts, () => hostReply(host.id, host.uptimeSeconds())],
      [subjects.getClaims, () => claimsReply(host.knownClaims())],
      [subjects.getLinks, () => linksReply(host.knownLinks())],
      [subjects.inventory(host.id), () => inventoryReply(host.id, host.inventory())],
      [subjects.command(host.id, "la"), (data) => actors.start(data)],
      [subjects.command(host.id, "sa"), (data) => actors.stop(data)],
      [subjects.command(host.id, "upd"), (data) => actors.update(data)],
      [subjects.command(host.id, "lp"), (data) => providers.start(data)],
      [subjects.command(host.id, "sp"), (data) => providers.stop(data)],
      [subjects.actorAuction, (data) => auctions.actor(data)],
      [subjects.providerAuction, (data) => auctions.provider(data)],
    ];
    this.#subscriptions = answers.map(([subject, answer]) =>
      // Concurrently, so that a command that takes long does not delay queries.
      options.connection.subscribe(subject, { onMessage: (message) => void this.#answer(message, answer) }),
    );
  }

  /** Takes no more commands. Twice is fine. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
  }

  /** Never rejects. */
  async #answer(message: LatticeMessage, answer: Answer): Promise<void> {
    const { counters } = this.#options;
    counters.add("control.received");
    if (this.#answering >= MAX_ANSWERING) {
      counters.add("control.overloaded");
      return;
    }
    this.#answering++;
    try {
      const reply = await answer(message.data);
      if (reply !== undefined) message.respond(reply);
    } catch (error) {
      this.#faults.report("failed", error, { what: `A message to ${message.subject} could not be answered` });
    } finally {
      this.#answering--;
    }
  }
}
