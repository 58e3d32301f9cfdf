import { asHostError, messageOf } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";
import type { EdgeSettings } from "../settings.ts";

/** What a {@link Membership} works with. */
export interface MembershipOptions {
  readonly host: Host;
  readonly lattice: NonNullable<EdgeSettings["lattice"]>;
  readonly lingerMs: number;
  readonly logger: Logger;
}

/** Milliseconds before a join is tried again: at first and at most. */
const RETRY_MS = { first: 500, most: 20_000 } as const;
/** Milliseconds for one attempt to connect. */
const CONNECT_MS = 3_000;

/** Joins the host to its lattice and leaves it, as its mode says. */
export class Membership {
  readonly #options: MembershipOptions;
  #joining: Promise<void> | undefined;
  #leaving: Promise<void> | undefined;
  /** Calls and heartbeats under way that need the lattice. */
  #users = 0;
  #isMember = false;
  #isLost = false;
  /** The last attempt to join came to nothing. */
  #hasFailed = false;
  #retryMs: number = RETRY_MS.first;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    options.host.onEvent((event) => {
      if (event.type !== "lattice_changed") return;
      this.#isMember = event.state === "connected" || event.state === "reconnecting";
      this.#tellLoss(event.state === "reconnecting");
      if (event.state === "connected") this.#retryMs = RETRY_MS.first;
      if (event.state === "standalone" && this.isResident) this.#retryLater();
    });
  }

  get isResident(): boolean {
    return this.#options.lattice.mode === "resident";
  }

  /** The lattice should be there, and is out of reach. */
  get isAdrift(): boolean {
    return this.#isLost || this.#hasFailed;
  }

  /** A resident host joins, now or as soon as it can. */
  begin(): void {
    if (this.isResident) this.#attempt();
  }

  /**
   * Makes sure that a host on demand is a member.
   *
   * @returns to be called when that is not needed any more: it stays for a while longer.
   * @throws HostError `lattice.…` why it could not join.
   */
  async need(): Promise<(() => void) | undefined> {
    if (this.isResident) return undefined;
    this.#users++;
    try {
      await this.#join();
    } catch (error) {
      this.#users--;
      throw error;
    }
    return () => {
      this.#users--;
      this.#leaveLater();
    };
  }

  /** Tells the lattice how everything is. A host on demand joins for it. */
  async beat(): Promise<void> {
    const { host, logger } = this.#options;
    try {
      if (this.isResident) {
        if (!this.#isMember) this.#attempt();
        await host.beat();
      } else await this.#beatAndLeave();
    } catch (error) {
      logger.warn(`The lattice was not told how this host is: ${messageOf(error)}`);
    }
  }

  /** Joins no more. Leaving is up to who ends the host. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #attempt(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#join().catch((error: unknown) => {
      this.#options.logger.warn(`The lattice could not be joined: ${messageOf(error)}`, {
        code: asHostError(error).code,
      });
      this.#retryLater();
    });
  }

  #retryLater(): void {
    if (this.#isClosed || this.#timer !== undefined || this.#isMember || this.#joining !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#attempt();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }

  async #beatAndLeave(): Promise<void> {
    this.#users++;
    try {
      await this.#join();
      await this.#options.host.beat();
    } finally {
      this.#users--;
    }
    if (this.#timer === undefined && this.#users === 0) await this.#leave();
  }

  async #join(): Promise<void> {
    await this.#leaving;
    if (this.#isMember) return;
    const { host, lattice } = this.#options;
    const { servers, credentials } = lattice;
    this.#joining ??= host
      .joinLattice({
        servers,
        connectTimeoutMs: CONNECT_MS,
        ...(credentials === undefined ? {} : { credentials }),
      })
      .finally(() => {
        this.#joining = undefined;
      });
    try {
      await this.#joining;
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  #leaveLater(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // Whoever ends a call in progress sets another timer.
      if (this.#users === 0) void this.#leave();
    }, this.#options.lingerMs);
  }

  async #leave(): Promise<void> {
    const { host, logger } = this.#options;
    this.#leaving ??= host
      .leaveLattice()
      .catch((error: unknown) => logger.warn(`The lattice was not left properly: ${messageOf(error)}`))
      .finally(() => {
        this.#leaving = undefined;
      });
    await this.#leaving;
  }

  #tellLoss(isLost: boolean): void {
    if (isLost === this.#isLost) return;
    this.#isLost = isLost;
    if (isLost) this.#options.logger.warn("The connection to the lattice was lost, and is tried again");
    else this.#options.logger.info(`The lattice is ${this.#isMember ? "within reach again" : "left"}`);
  }
}
