import { isBelow } from "../../src/providers/http/index.ts";
import { isDoneWithin } from "../../src/time/index.ts";
import { HostLink } from "./host-link.ts";
import type { Route } from "./messages.ts";

/** What the table asks of its surroundings. */
export interface TableSurroundings {
  /** Ids of the hosts that live. */
  readonly livingHosts: () => Promise<readonly string[]>;
  /** Calls back when a host lives no more. */
  readonly onHostGone: (host: string, callback: () => void) => void;
  /** Asks all pages for ports to hosts other than the known ones. */
  readonly askPages: (known: readonly string[]) => Promise<void>;
  /** Milliseconds to wait for hosts that live and are not known yet. */
  readonly discoveryMs: number;
}

/** Why no host was found: none lives, or those that live do not serve the path. */
export type Missing = "no-host" | "no-route";

/** Hosts that were connected, at most. One more tells the oldest good-bye. */
const MAX_HOSTS = 64;

/** The hosts of this origin that can answer requests, and what each serves. */
export class HostTable {
  readonly #surroundings: TableSurroundings;
  /** By id. */
  readonly #links = new Map<string, HostLink>();
  readonly #arrivals = new Set<() => void>();
  /** Hosts that live, and what waits for their ends. */
  readonly #ends = new Map<string, Set<() => void>>();
  #learning: Promise<void> | undefined;

  constructor(surroundings: TableSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Takes a port to a host. It counts once the host has said who it is. */
  add(port: MessagePort): void {
    HostLink.open(port, (link) => this.#welcome(link));
  }

  /**
   * The host to hand a request to: one that runs the actor before one that reaches it, then the one with the least to do.
   * Asks around before it gives up.
   *
   * @param tried - hosts that are not to be chosen.
   */
  async choose(path: string, tried: ReadonlySet<HostLink>): Promise<HostLink | Missing> {
    const known = this.#best(path, tried);
    if (known !== undefined) return known;
    this.#learning ??= this.#learn().finally(() => {
      this.#learning = undefined;
    });
    await this.#learning;
    return this.#best(path, tried) ?? (this.#links.size === 0 ? "no-host" : "no-route");
  }

  #best(path: string, tried: ReadonlySet<HostLink>): HostLink | undefined {
    const fitting = [...this.#links.values()]
      .filter((link) => !tried.has(link))
      .map((link) => ({ link, route: routeFor(link, path) }))
      .filter((each): each is { link: HostLink; route: Route } => each.route !== undefined);
    const [best] = fitting.sort(
      (a, b) =>
        b.route.path.length - a.route.path.length ||
        Number(b.route.isHere) - Number(a.route.isHere) ||
        a.link.load - b.link.load,
    );
    return best?.link;
  }

  #welcome(link: HostLink): void {
    const { host } = link;
    if (host === undefined) return;
    if (this.#links.get(host) !== link && !link.isGone) {
      // What a former link to it still works on is answered there.
      this.#links.set(host, link);
      this.#onGone(host, () => this.#forget(host, link));
      const [oldest] = this.#links;
      if (this.#links.size > MAX_HOSTS && oldest !== undefined) this.#forget(...oldest);
    }
    for (const arrived of this.#arrivals) arrived();
  }

  #forget(host: string, link: HostLink): void {
    link.end();
    if (this.#links.get(host) === link) this.#links.delete(host);
  }

  /** Learns the routes of now, of hosts that are not connected too. */
  async #learn(): Promise<void> {
    const { livingHosts, askPages, discoveryMs } = this.#surroundings;
    const living = await livingHosts();
    const talking = [...this.#links.values()].filter((link) => !link.isSilent);
    const refreshed = talking.map((link) => link.refresh(discoveryMs));
    const strangers = living.filter((host) => !this.#links.has(host));
    if (strangers.length > 0) {
      const arrived = Promise.all(strangers.map((host) => this.#arrivalOf(host)));
      await askPages([...this.#links.keys()]);
      await isDoneWithin(arrived, discoveryMs);
    }
    await Promise.all(refreshed);
  }

  /** Resolves when the host is connected, or gone. */
  #arrivalOf(host: string): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#arrivals.delete(check);
        this.#ends.get(host)?.delete(settle);
        resolve();
      };
      const check = (): void => {
        if (this.#links.has(host)) settle();
      };
      this.#arrivals.add(check);
      this.#onGone(host, settle);
    });
  }

  /** The surroundings are asked once for each host, however many want to know. */
  #onGone(host: string, callback: () => void): void {
    const known = this.#ends.get(host);
    if (known !== undefined) {
      known.add(callback);
      return;
    }
    const ends = new Set([callback]);
    this.#ends.set(host, ends);
    this.#surroundings.onHostGone(host, () => {
      this.#ends.delete(host);
      for (const each of [...ends]) each();
    });
  }
}

/** The most particular of a host's routes. */
function routeFor(link: HostLink, path: string): Route | undefined {
  let best: Route | undefined;
  for (const route of link.routes) {
    if (isBelow(route.path, path) && (best === undefined || route.path.length > best.path.length))
      best = route;
  }
  return best;
}
