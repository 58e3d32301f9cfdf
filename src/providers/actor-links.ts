import { HostError } from "../errors/index.ts";
import { type LinkValues, visibleValues } from "./link-values.ts";

/** What is done when links come and go. */
export interface LinkOpener<Link> {
  /**
   * Makes what is kept for an actor. Whatever it throws, nothing may have changed.
   *
   * @param former - the link that is to be replaced: it is in use until this is done, and stays so if this fails.
   */
  open(values: LinkValues, actor: string, former: Link | undefined): Link | Promise<Link>;
  /** Releases what was made. Where the link was replaced, the new one is in use already. */
  close(link: Link, actor: string): void | Promise<void>;
  unlinked(actor: string): Link | undefined;
}

interface State {
  /** The values of the link in use. */
  signature: string | undefined;
  /** Why there is no link in use. */
  refusal: { readonly error: unknown } | undefined;
  /** Resolves when all changes are made that were ordered. */
  settled: Promise<void>;
}

/** Actors that one provider may be linked to at one time. */
const MAX_LINKS = 10_000;

/**
 * What a provider keeps for each linked actor. Binding comes as often as it likes: values that are known change
 * nothing, and others take the place of the former once they have proved to be usable. Changes for one actor are made in
 * turn.
 */
export class ActorLinks<Link> {
  readonly #opener: LinkOpener<Link>;
  readonly #states = new Map<string, State>();
  readonly #inUse = new Map<string, Link>();

  constructor(opener: LinkOpener<Link>) {
    this.#opener = opener;
  }

  /** The links in use, by the keys of their actors. What was opened without waiting is among them at once. */
  get inUse(): ReadonlyMap<string, Link> {
    return this.#inUse;
  }

  /**
   * Nothing changes where this fails; an actor that had no link is told why when it calls.
   *
   * @throws HostError why the link could not be opened, `provider.overloaded` for one too many.
   */
  async bind(actor: string, values: LinkValues): Promise<void> {
    if (!this.#states.has(actor) && this.#states.size >= MAX_LINKS) {
      throw new HostError("provider.overloaded", `The provider has ${MAX_LINKS} links already`);
    }
    await this.#inTurn(actor, (state) => this.#open(state, actor, visibleValues(values)));
  }

  async remove(actor: string): Promise<void> {
    if (this.#states.has(actor)) await this.#inTurn(actor, (state) => this.#forget(state, actor));
  }

  /**
   * What is kept for an actor; waits for its first link while that is being opened.
   *
   * @throws HostError why its link could not be opened, `link.not_found` if it has none.
   */
  async of(actor: string): Promise<Link> {
    const state = this.#states.get(actor);
    if (!this.#inUse.has(actor)) await state?.settled;
    const link = this.#inUse.get(actor);
    if (link !== undefined) return link;
    if (state?.refusal !== undefined) throw state.refusal.error;
    const otherwise = this.#opener.unlinked(actor);
    if (otherwise !== undefined) return otherwise;
    throw new HostError("link.not_found", "No configuration for this actor. Did the host configure it?", {
      hint: "Link the actor to this provider.",
    });
  }

  /** Closes all links. Never throws. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#states.keys()].map((actor) => this.remove(actor)));
  }

  #inTurn(actor: string, change: (state: State) => Promise<void>): Promise<void> {
    const state = this.#states.get(actor) ?? {
      signature: undefined,
      refusal: undefined,
      settled: Promise.resolve(),
    };
    this.#states.set(actor, state);
    const done = state.settled.then(() => change(state));
    const settle = (): void => {
      const isLast = state.settled === settled;
      if (isLast && state.signature === undefined && state.refusal === undefined) this.#states.delete(actor);
    };
    const settled = done.then(settle, settle);
    state.settled = settled;
    return done;
  }

  async #open(state: State, actor: string, values: LinkValues): Promise<void> {
    const signature = JSON.stringify(Object.entries(values).sort());
    if (state.signature === signature) return;
    const former = this.#inUse.get(actor);
    try {
      const opening = this.#opener.open(values, actor, former);
      this.#inUse.set(actor, opening instanceof Promise ? await opening : opening);
    } catch (error) {
      if (former === undefined) state.refusal = { error };
      throw error;
    }
    state.signature = signature;
    state.refusal = undefined;
    if (former !== undefined) await this.#close(former, actor);
  }

  async #forget(state: State, actor: string): Promise<void> {
    const link = this.#inUse.get(actor);
    this.#inUse.delete(actor);
    state.signature = undefined;
    state.refusal = undefined;
    if (link !== undefined) await this.#close(link, actor);
  }

  async #close(link: Link, actor: string): Promise<void> {
    try {
      await this.#opener.close(link, actor);
    } catch {
      // What fails to close is gone all the same.
    }
  }
}
