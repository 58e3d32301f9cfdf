import type { ActorClaims } from "../claims/index.ts";
import { asHostError, HostError, toErrorRecord } from "../errors/index.ts";
import { isPublicKey } from "../keys/index.ts";
import { type CacheChange, checkLinkDefinition, type LinkDefinition } from "../lattice/index.ts";
import type { ProviderInstance } from "../providers/index.ts";
import type { CoreServices } from "./core-services.ts";
import type { LinkDescription } from "./description.ts";
import { ANONYMOUS } from "./running-actor.ts";

interface Binding {
  readonly instance: ProviderInstance;
  /** What the provider took when it was told, to leave out repetitions; undefined: it refused it, or did not answer. */
  readonly taken: string | undefined;
}

/**
 * Keeps links and tells local providers about them, when and only when actor, link and provider are known and the
 * actor's claims allow the contract. Protocol section 7.2.
 */
export class LinkManager {
  readonly #services: CoreServices;
  readonly #findProvider: (id: string, linkName: string) => ProviderInstance | undefined;
  readonly #bindings = new Map<string, Binding>();
  readonly #refusals = new Map<string, string>();
  /** The last piece of work on each link: what is done to one link is done in order. */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(
    services: CoreServices,
    findProvider: (id: string, linkName: string) => ProviderInstance | undefined,
  ) {
    this.#services = services;
    this.#findProvider = findProvider;
  }

  /**
   * Sets a link, announces it, and binds if the time has come.
   *
   * @throws HostError `link.invalid`, or `link.capability_missing` if the actor is known and may not use the contract.
   */
  async set(link: LinkDefinition): Promise<void> {
    checkLinkDefinition(link);
    if (!isPublicKey(link.actorId, "module"))
      throw invalid(`"${link.actorId}" is not the public key of an actor`);
    if (!isPublicKey(link.providerId, "service")) {
      throw invalid(`"${link.providerId}" is not the public key of a provider`);
    }
    if (link.contractId.trim() === "") throw invalid("The contract id is empty");
    const claims = this.#services.cache.claims(link.actorId);
    if (claims !== undefined && !mayUse(claims, link.contractId)) {
      throw new HostError("link.capability_missing", missingCapability(claims, link.contractId), {
        hint: "Sign the actor with that capability, or link it to a provider of a contract it has.",
      });
    }
    if (!this.#services.cache.putLink(link)) throw invalid("The cache of links is full");
    this.#services.announce((rpc) => rpc.announceLink(link));
    this.#services.events.emit({ type: "link_set", link });
    await this.evaluate(link);
  }

  /**
   * Removes a link, announces that, and tells the provider if it was bound here.
   *
   * @throws HostError `link.not_found`.
   */
  async remove(actorId: string, contractId: string, linkName: string): Promise<void> {
    if (!(await this.#forget(actorId, contractId, linkName))) {
      throw new HostError("link.not_found", "Attempted to remove non-existent link.");
    }
    this.#services.announce((rpc) => rpc.announceLinkRemoval({ actorId, contractId, linkName }));
  }

  /** A link that another host announced, or the echo of our own. */
  async takeAnnounced(link: LinkDefinition): Promise<void> {
    const { cache, events } = this.#services;
    const known = cache.link(link.actorId, link.contractId, link.linkName);
    if (!cache.putLink(link)) return;
    if (known === undefined || signature(known) !== signature(link)) events.emit({ type: "link_set", link });
    await this.evaluate(link);
  }

  /** A removal that another host announced, or the echo of our own. */
  async takeAnnouncedRemoval(actorId: string, contractId: string, linkName: string): Promise<void> {
    await this.#forget(actorId, contractId, linkName);
  }

  /** What another cache of the lattice told; it is in the cache already. Protocol section 7.2, last paragraph. */
  async takeReplicated(change: CacheChange): Promise<void> {
    const { events } = this.#services;
    if (change.kind === "claims") await this.evaluateActor(change.claims.subject);
    else if (change.kind === "link") {
      events.emit({ type: "link_set", link: change.link });
      await this.evaluate(change.link);
    } else if (change.kind === "link_removed") await this.#released(change.link);
  }

  async evaluateActor(actorId: string): Promise<void> {
    await Promise.all(this.#services.cache.linksOfActor(actorId).map((link) => this.evaluate(link)));
  }

  async evaluateProvider(id: string, linkName: string): Promise<void> {
    await Promise.all(this.#services.cache.linksOfProvider(id, linkName).map((link) => this.evaluate(link)));
  }

  /** Binds a link if all conditions hold; does nothing if they do not, or if the provider knows it as it is. */
  evaluate(link: LinkDefinition): Promise<void> {
    return this.#inOrder(link, () => this.#bind(link));
  }

  describe(): LinkDescription[] {
    return this.#services.cache.allLinks().map((link) => {
      const refusal = this.#refusals.get(linkKey(link));
      if (refusal !== undefined) return { ...link, state: "refused", reason: refusal };
      const known = this.#bindings.get(linkKey(link));
      const isBound = known?.taken !== undefined && known.instance === this.#local(link);
      if (isBound) return { ...link, state: "bound" };
      return { ...link, state: "waiting", reason: this.#missing(link) };
    });
  }

  async #bind(link: LinkDefinition): Promise<void> {
    const { cache, events, logger } = this.#services;
    const key = linkKey(link);
    const claims = cache.claims(link.actorId);
    const instance = this.#local(link);
    this.#refusals.delete(key);
    if (cache.link(link.actorId, link.contractId, link.linkName) !== link) return;
    const known = this.#bindings.get(key);
    // The link was given to another provider.
    if (known !== undefined && known.instance !== instance) await this.#unbind(link);
    if (claims === undefined || instance === undefined) return;
    if (!mayUse(claims, link.contractId)) {
      this.#refusals.set(key, missingCapability(claims, link.contractId));
      // The claims may be others than when it was bound.
      await this.#unbind(link);
      return;
    }
    const values = { ...link.values, ...hiddenValues(claims) };
    const told = JSON.stringify(values);
    if (known?.instance === instance && known.taken === told) return;
    try {
      await instance.bind(link.actorId, values);
      this.#bindings.set(key, { instance, taken: told });
      events.emit({ type: "link_bound", link });
    } catch (error) {
      const { message, code } = asHostError(error);
      // It may hold something for the actor all the same, and must be told when the link is over.
      this.#bindings.set(key, { instance, taken: undefined });
      this.#refusals.set(key, message);
      logger.warn(`Provider failed to handle bind actor message: ${message}`, {
        provider: link.providerId,
        code,
      });
      events.emit({ type: "link_bound", link, error: toErrorRecord(error) });
    }
  }

  /** @returns whether the link was known. */
  async #forget(actorId: string, contractId: string, linkName: string): Promise<boolean> {
    const link = this.#services.cache.removeLink(actorId, contractId, linkName);
    if (link === undefined) return false;
    await this.#released(link);
    return true;
  }

  /** A link is no longer known. */
  async #released(link: LinkDefinition): Promise<void> {
    this.#services.events.emit({ type: "link_removed", link });
    await this.#inOrder(link, async () => {
      this.#refusals.delete(linkKey(link));
      await this.#unbind(link);
    });
  }

  /** Tells the provider that was told about a link that it is over. */
  async #unbind(link: LinkDefinition): Promise<void> {
    const key = linkKey(link);
    const instance = this.#bindings.get(key)?.instance;
    this.#bindings.delete(key);
    await instance?.remove(link.actorId).catch((error: unknown) => {
      const { message, code } = asHostError(error);
      this.#services.logger.warn(`Provider failed to handle remove actor message: ${message}`, {
        provider: instance.descriptor.id,
        code,
      });
    });
  }

  /** The provider meant by a link, if it runs here: all three parts of its name must be equal. */
  #local(link: LinkDefinition): ProviderInstance | undefined {
    const instance = this.#findProvider(link.providerId, link.linkName);
    return instance?.descriptor.contractId === link.contractId ? instance : undefined;
  }

  #missing(link: LinkDefinition): string {
    if (this.#services.cache.claims(link.actorId) === undefined) return "The actor is not known yet";
    return "The provider does not run on this host";
  }

  #inOrder(link: LinkDefinition, work: () => Promise<void>): Promise<void> {
    const key = linkKey(link);
    const done = (this.#tails.get(key) ?? Promise.resolve()).then(work).finally(() => {
      if (this.#tails.get(key) === done) this.#tails.delete(key);
    });
    this.#tails.set(key, done);
    return done;
  }
}

function linkKey({ actorId, contractId, linkName }: LinkDefinition): string {
  return `${actorId}\n${contractId}\n${linkName}`;
}

function signature(link: LinkDefinition): string {
  return JSON.stringify([link.providerId, Object.entries(link.values).sort()]);
}

function mayUse(claims: ActorClaims, contractId: string): boolean {
  return claims.capabilities?.includes(contractId) ?? false;
}

function missingCapability(claims: ActorClaims, contractId: string): string {
  return `The claims of ${claims.name ?? claims.subject} do not include the capability ${contractId}`;
}

/** What a provider is told about the actor besides the link's own values. Protocol section 7.3. */
function hiddenValues(claims: ActorClaims): Record<string, string> {
  return {
    __wasmcloud_issuer: claims.issuer,
    __wasmcloud_capabilities: (claims.capabilities ?? []).join(","),
    __wasmcloud_name: claims.name ?? ANONYMOUS,
    __wasmcloud_expires: String(claims.expires ?? 0),
    __wasmcloud_tags: claims.tags.join(","),
  };
}

function invalid(message: string): HostError {
  return new HostError("link.invalid", message);
}
