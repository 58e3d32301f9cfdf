import {
  type CallHandlers,
  type TelnetCalls,
  type TelnetDeliveries,
  telnetContract,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { type LinkValues, numberValue, wordValue } from "../link-values.ts";
import { ActorSession, type TelnetIo, type TelnetSession } from "./telnet-session.ts";

/** `wasmcloud:telnet` for terminals that are handed to it. */
export const TELNET_PROVIDER: ProviderDescriptor = {
  id: "VACFUKA44SGGQCDWEXKKD64B5DNZY6UL42JJLMVINBFEMNT7DCT2NHDW",
  contractId: telnetContract.id,
  name: "weblattice Telnet",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link TelnetProvider} is made. */
export interface TelnetOptions {
  /** Sessions of one actor at one time; default 256. */
  readonly maxSessions?: number;
  /** Characters of a line; default 4,096. */
  readonly maxLine?: number;
  /** Characters that may wait for one terminal; one that is slower is closed. Default 1 Mi. */
  readonly maxOutput?: number;
  /** Where failed deliveries are logged; default nowhere. */
  readonly logger?: Logger;
}

/** What is kept for a linked actor. */
export interface TelnetLink {
  /** The text that greets. */
  readonly banner: string;
  /** Answers to `SendText` are booleans alone. */
  readonly isBare: boolean;
}

/**
 * Terminals for actors. Contracts document 7.5. There is no listener: whoever has a terminal opens a session.
 *
 * Link values: `MOTD`, the text that greets; `PORT` is checked and otherwise without effect; `REPLY_FORM`, `typed`, or
 * `bare` for guests of interfaces up to 0.1.2, which want a boolean as answer to `SendText`.
 */
export class TelnetProvider extends ContractProvider<TelnetCalls, TelnetDeliveries, TelnetLink> {
  readonly #options: TelnetOptions;
  readonly #sessions = new Map<string, ActorSession>();

  constructor(options: TelnetOptions = {}) {
    super(telnetContract);
    this.#options = options;
  }

  protected override readonly handlers: CallHandlers<TelnetCalls, CallOrigin<TelnetLink>> = {
    SendText: ({ session: id, text }, { actor, link }) => {
      const session = this.#sessions.get(id);
      // An actor does not learn of the sessions of others.
      if (session?.actor !== actor) {
        throw new HostError("provider.failure", `Socket is not present for session ${id}`);
      }
      session.write(text);
      return { success: true, bare: link.isBare };
    },
  };

  /** Actors that sessions can be opened with. */
  get actors(): readonly string[] {
    return [...this.links.keys()];
  }

  /**
   * Opens a session with an actor, and tells the actor.
   *
   * @param actor - its `M…` key; default the only one that is linked.
   * @throws HostError `link.not_found` if it is not linked, `provider.overloaded` for one session too many, or why the
   *   actor did not take it; the terminal has been told then.
   */
  async openSession(io: TelnetIo, actor?: string): Promise<TelnetSession> {
    const key = actor ?? (this.links.size === 1 ? this.actors[0] : undefined);
    const link = key === undefined ? undefined : this.links.get(key);
    if (key === undefined || link === undefined) {
      throw new HostError("link.not_found", "No such actor is linked to the terminal provider", {
        hint: "Link the actor to it, and say which one is meant if there are several.",
      });
    }
    const session = this.#newSession(io, key);
    session.write(link.banner);
    try {
      await this.deliver(key, "SessionStarted", { session: session.id });
      return session;
    } catch (error) {
      session.end(`The actor did not take the session: ${messageOf(error)}`, "refused");
      throw error;
    }
  }

  /** Ends the sessions of an actor that was stopped; new ones may be opened. */
  endSessions(actor: string): void {
    for (const session of this.#sessionsOf(actor)) session.end("The actor was stopped", "stopped");
  }

  protected override openLink(values: LinkValues, _actor: string): TelnetLink {
    numberValue(values, "PORT", { otherwise: 3_000, min: 0, max: 65_535 });
    const isBare = wordValue(values, "REPLY_FORM", ["typed", "bare"]) === "bare";
    const banner = (values["MOTD"] ?? "").replaceAll("\n", "\n\r");
    return { banner, isBare };
  }

  protected override closeLink(_link: TelnetLink, actor: string): void {
    for (const session of this.#sessionsOf(actor)) {
      session.end("The actor is no longer linked", "unlinked");
    }
  }

  #newSession(io: TelnetIo, actor: string): ActorSession {
    const { maxSessions = 256, maxLine = 4_096, maxOutput = 1_048_576 } = this.#options;
    if (this.#sessionsOf(actor).length >= maxSessions) {
      throw new HostError("provider.overloaded", `The actor has ${maxSessions} sessions already`);
    }
    const id = crypto.randomUUID();
    const session = new ActorSession({
      id,
      actor,
      io,
      maxLine,
      maxLines: 64,
      maxOutput,
      deliver: async (text) => {
        try {
          await this.deliver(actor, "ReceiveText", { session: id, text });
        } catch (error) {
          this.#options.logger?.warn(`A line was not taken: ${messageOf(error)}`, { actor });
          throw error;
        }
      },
      onClosed: () => this.#sessions.delete(id),
    });
    this.#sessions.set(id, session);
    return session;
  }

  #sessionsOf(actor: string): ActorSession[] {
    return [...this.#sessions.values()].filter((session) => session.actor === actor);
  }
}
