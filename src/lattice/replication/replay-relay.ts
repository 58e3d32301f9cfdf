import type { LatticeConnection, LatticeMessage } from "../connection.ts";

/** Times that one request is passed on by one instance. */
const MAX_TIMES = 10;
/** Requests whose times are remembered. */
const MAX_REQUESTS = 100;

/**
 * Passes replay requests on to the group of which one member answers, where this one is not the right one: its own
 * request may come back to it, and one that may have missed something itself would send others the wrong events.
 */
export class ReplayRelay {
  readonly #connection: LatticeConnection;
  readonly #subject: string;
  readonly #times = new Map<string, number>();
  #ownInbox = "";

  constructor(connection: LatticeConnection, subject: string) {
    this.#connection = connection;
    this.#subject = subject;
  }

  /** Where answers to this instance's own request are expected. */
  ownInbox(inbox: string): void {
    this.#ownInbox = inbox;
  }

  /**
   * @returns whether somebody else is asked; not after several times, when there seems to be nobody better.
   */
  passOn({ data, reply }: LatticeMessage, isBehind: boolean): boolean {
    if (reply === undefined || !(isBehind || reply === this.#ownInbox)) return false;
    const times = this.#times.get(reply) ?? 0;
    if (times >= MAX_TIMES) return false;
    this.#note(reply, times + 1);
    this.#connection.publish(this.#subject, data, { reply });
    return true;
  }

  #note(reply: string, times: number): void {
    this.#times.delete(reply);
    this.#times.set(reply, times);
    if (this.#times.size <= MAX_REQUESTS) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      return;
    }
  }
}
