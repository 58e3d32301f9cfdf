import { asHostError, type HostError } from "../../../src/errors/index.ts";
import type { PublishedEvent } from "../../../src/index.ts";
import type { HostClient } from "../../host-client.ts";
import type { NameBook } from "../session/name-book.ts";
import { Observable } from "../session/observable.ts";
import { Refresher } from "../session/refresher.ts";
import { type KnownHost, markGone, mergeHosts } from "./known-host.ts";
import { type OpenCommand, OVERDUE_MS, type SentCommand, settle } from "./sent-command.ts";

/** What is known of the lattice. */
export interface LatticeReading {
  readonly hosts: readonly KnownHost[];
  /** Acknowledged commands whose outcome has not been seen. */
  readonly commands: readonly OpenCommand[];
  /** When the last reading that succeeded ended. */
  readonly readAt?: number;
  /** Why the newest reading failed, if it did. */
  readonly error?: HostError;
}

/** What a watch works with. */
export interface LatticeWatchParts {
  readonly host: Pick<HostClient, "latticeHosts">;
  readonly ownId: string;
  readonly names: NameBook;
  /** Tells screen readers of an outcome. */
  readonly announce: (text: string) => void;
}

/** Milliseconds between readings, as told to the user too. */
export const READ_EVERY_MS = 10_000;
/** As long as an outcome is awaited. */
const READ_SOON_MS = 1_000;

/** Reads the hosts of the lattice again and again while the page is visible, one reading at a time. */
export class LatticeWatch {
  readonly state: Observable<LatticeReading> = new Observable<LatticeReading>({
    hosts: [],
    commands: [],
  });
  readonly #parts: LatticeWatchParts;
  readonly #refresher: Refresher = new Refresher(() => this.#read(), READ_SOON_MS);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;
  #lastId = 0;

  constructor(parts: LatticeWatchParts) {
    this.#parts = parts;
  }

  /** Begins reading. */
  open(): void {
    this.#isOpen = true;
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#refresher.soon();
  }

  /** Ends all reading for good. Twice is fine. */
  close(): void {
    this.#isOpen = false;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#timer);
    this.#refresher.close();
  }

  /** Reads soon: something has changed. */
  soon(): void {
    if (this.#isOpen) this.#refresher.soon();
  }

  /** Takes in what another host told: no inventory tells the contract of a provider, or that a host has stopped. */
  learn(event: PublishedEvent): void {
    if (event.type === "provider_started") this.#parts.names.learnContract(event.provider, event.contractId);
    if (event.type !== "host_stopped") return;
    this.#change({ hosts: markGone(this.state.value.hosts, event.hostId, Date.now()) });
    this.soon();
  }

  /** Resolves when a reading that began now has ended. */
  now(): Promise<void> {
    return this.#refresher.now();
  }

  /** Takes in a command that was acknowledged: looks for its outcome from now on. */
  expect(command: SentCommand): void {
    const open = { ...command, id: ++this.#lastId, sentAt: Date.now() };
    this.#change({ commands: [...this.state.value.commands, open] });
    this.soon();
  }

  /** Looks no more for the outcome of a command. */
  forget(id: number): void {
    this.#change({ commands: this.state.value.commands.filter((command) => command.id !== id) });
  }

  readonly #onVisibility = (): void => {
    if (document.visibilityState === "visible") this.soon();
  };

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const answers = await this.#parts.host.latticeHosts();
      if (this.#isOpen) this.#take(answers);
    } catch (error) {
      this.#change({ error: asHostError(error) });
    }
    this.#schedule();
  }

  #take(answers: Awaited<ReturnType<HostClient["latticeHosts"]>>): void {
    const { names, ownId, announce } = this.#parts;
    const now = Date.now();
    const { error: _, ...last } = this.state.value;
    const hosts = mergeHosts(last.hosts, answers, { now, ownId });
    for (const { inventory } of hosts) {
      // Nobody vouches for these names: what is known here already goes before.
      for (const { id, name } of [...(inventory?.actors ?? []), ...(inventory?.providers ?? [])])
        if (name !== undefined && !names.has(id)) names.learn(id, name);
    }
    const { open, done } = settle(last.commands, hosts);
    this.state.set({ ...last, hosts, commands: open, readAt: now });
    if (done.length > 0) announce(done.map(({ what }) => `${what}: done`).join(". "));
  }

  #schedule(): void {
    if (!this.#isOpen) return;
    const now = Date.now();
    const awaits = this.state.value.commands.some(({ sentAt }) => now - sentAt < 2 * OVERDUE_MS);
    this.#timer = setTimeout(
      () => {
        // A page that nobody sees reads again when it is seen.
        if (document.visibilityState === "visible") this.#refresher.soon();
      },
      awaits ? READ_SOON_MS : READ_EVERY_MS,
    );
  }

  #change(part: Partial<LatticeReading>): void {
    this.state.set({ ...this.state.value, ...part });
  }
}
