import { HostError } from "../errors/index.ts";
import { type LinkValues, visibleValues } from "./link-values.ts";

/** What is done when links come and go. */
export interface LinkOpener<Link> {
  open(values: LinkValues, actor: string): Link | Promise<Link>;
  close(link: Link, actor: string): void | Promise<void>;
  unlinked(actor: string): Link | undefined;
}

interface State<Link> {
  readonly signature: string;
  /** Rejects with why the link could not be opened. */
  readonly link: Promise<Link>;
  failed: boolean;
}

/** Actors that one provider may be linked to at one time. */
const MAX_LINKS = 10_000;

/**
 * What a provider keeps for each linked actor. Binding comes as often as it likes: values that are known change
 * nothing, others take the place of the former. What opens and closes for one actor does so in turn.
 */
export class ActorLinks<Link> {
  readonly #opener: LinkOpener<Link>;
  readonly #states = new Map<string, State<Link>>();
  readonly #closing = new Map<string, Promise<void>>();

  constructor(opener: LinkOpener<Link>) {
    this.#opener = opener;
  }

  /** @throws HostError why the link could not be opened, `provider.overloaded` for one too many. */
  async bind(actor: string, values: LinkValues): Promise<void> {
    const visible = visibleValues(values);
    const signature = JSON.stringify(Object.entries(visible).sort());
    const known = this.#states.get(actor);
    if (known?.signature === signature && !known.failed) {
      await known.link;
      return;
    }
    if (known === undefined && this.#states.size >= MAX_LINKS) {
      throw new HostError("provider.overloaded", `The provider has ${MAX_LINKS} links already`);
    }
    const before = this.#forget(actor);
    const link = before.then(() => this.#opener.open(visible, actor));
    const state: State<Link> = { signature, link, failed: false };
    this.#states.set(actor, state);
    link.catch(() => {
      state.failed = true;
    });
    await link;
  }

  async remove(actor: string): Promise<void> {
    await this.#forget(actor);
  }

  /**
   * What is kept for an actor; waits for a link that is being opened.
   *
   * @throws HostError why its link could not be opened, `link.not_found` if it has none.
   */
  async of(actor: string): Promise<Link> {
    const state = this.#states.get(actor);
    if (state !== undefined) return state.link;
    const otherwise = this.#opener.unlinked(actor);
    if (otherwise !== undefined) return otherwise;
    throw new HostError("link.not_found", "No configuration for this actor. Did the host configure it?", {
      hint: "Link the actor to this provider.",
    });
  }

  /** Closes all links. Never throws. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#states.keys()].map((actor) => this.#forget(actor)));
  }

  /** Resolves when nothing of the actor is open any more. Never rejects. */
  #forget(actor: string): Promise<void> {
    const state = this.#states.get(actor);
    this.#states.delete(actor);
    const before = this.#closing.get(actor) ?? Promise.resolve();
    if (state === undefined) return before;
    const done = before
      .then(() => this.#close(state, actor))
      .finally(() => {
        if (this.#closing.get(actor) === done) this.#closing.delete(actor);
      });
    this.#closing.set(actor, done);
    return done;
  }

  async #close(state: State<Link>, actor: string): Promise<void> {
    try {
      await this.#opener.close(await state.link, actor);
    } catch {
      // What could not be opened need not be closed, and what fails to close is gone all the same.
    }
  }
}
