import { asHostError, HostError } from "../errors/index.ts";
import type { BuiltInProvider, ProviderGrants, ProviderServices } from "../providers/index.ts";
import type { ActorManager } from "./actor-manager.ts";
import type { ActorStartOptions } from "./actor-start-options.ts";
import type { GivenModule } from "./admission.ts";
import type { ArtifactSource } from "./artifact-source.ts";
import type { ActorDescription } from "./description.ts";
import type { BundledModules, LackingProvider } from "./host-options.ts";
import type { LinkManager } from "./link-manager.ts";
import type { ProviderArchives } from "./provider-archives.ts";
import type { ProviderManager, ProviderStart } from "./provider-manager.ts";

/** What a {@link Launcher} works with. */
export interface LauncherParts {
  readonly actors: ActorManager;
  readonly providers: ProviderManager;
  readonly links: LinkManager;
  readonly artifacts: ArtifactSource;
  /** Asked before anything is fetched. */
  readonly bundled: BundledModules | undefined;
  readonly archives: ProviderArchives;
  readonly builtIn: readonly BuiltInProvider[];
  readonly lacking: readonly LackingProvider[];
  readonly providerServices: ProviderServices;
}

/** Where a provider comes from, and the link name it gets. */
export interface ProviderPlace {
  /** Default `default`. */
  readonly linkName?: string;
  /** Where it came from, for inventories. */
  readonly reference?: string;
  /**
   * What a provider from an archive is granted. It gets what it asks for, and is refused if that is not all granted.
   * Default: the policy of the host decides, which grants nothing unless it was built otherwise.
   */
  readonly grants?: ProviderGrants;
}

/** Starts and updates what runs on a host, from bytes or by reference, and binds the links that waited for it. */
export class Launcher {
  readonly #parts: LauncherParts;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
  }

  async startActor(module: GivenModule, options: ActorStartOptions): Promise<ActorDescription> {
    const description = await this.#parts.actors.start(module, options);
    await this.#parts.links.evaluateActor(description.key);
    return description;
  }

  async startActorFrom(
    reference: string,
    options: Omit<ActorStartOptions, "reference"> = {},
  ): Promise<ActorDescription> {
    let module: GivenModule;
    try {
      module = await this.#find(reference);
    } catch (error) {
      this.#parts.actors.reportFetchFailure(reference, asHostError(error));
      throw error;
    }
    return this.startActor(module, { ...options, reference });
  }

  async updateActor(key: string, module: GivenModule, reference?: string): Promise<ActorDescription> {
    const description = await this.#parts.actors.update(key, module, reference);
    // Providers are told of claims that changed.
    await this.#parts.links.evaluateActor(key);
    return description;
  }

  async updateActorFrom(
    key: string,
    reference: string,
    { allowLatest = true }: { readonly allowLatest?: boolean } = {},
  ): Promise<ActorDescription> {
    const { actors } = this.#parts;
    let module: GivenModule;
    try {
      actors.requireUpdatable(key);
      module = await this.#find(reference, allowLatest);
    } catch (error) {
      actors.reportUpdateFailure(key, error);
      throw error;
    }
    return this.updateActor(key, module, reference);
  }

  async startProvider(start: ProviderStart): Promise<void> {
    const instance = this.#parts.providers.start(start);
    await this.#parts.links.evaluateProvider(instance.descriptor.id, instance.linkName);
  }

  /** Starts a provider from the bytes of a signed archive. */
  async startProviderArchive(archive: Uint8Array, { grants, ...place }: ProviderPlace): Promise<void> {
    const { providers, archives } = this.#parts;
    let registered: ProviderStart | undefined;
    let failure: HostError | undefined;
    try {
      const opened = await archives.open(archive, {
        ...(grants === undefined ? {} : { grants }),
        onFailure: (error) => {
          failure = error;
          if (registered !== undefined) providers.fail(registered, error);
        },
      });
      try {
        if (failure !== undefined) throw failure;
        registered = { ...opened, ...place };
        await this.startProvider(registered);
      } catch (error) {
        registered = undefined;
        await opened.provider.stop();
        throw error;
      }
    } catch (error) {
      providers.reportStartFailure(place.reference ?? "provider archive", place.linkName, error);
      throw asHostError(error);
    }
  }

  /** Starts a provider that this host makes itself, by its name or key, or from an archive that is fetched. */
  async startProviderFrom(reference: string, linkName?: string, grants?: ProviderGrants): Promise<void> {
    const { providers, artifacts, builtIn, providerServices } = this.#parts;
    const place: ProviderPlace = { reference, ...(linkName === undefined ? {} : { linkName }) };
    const own = builtIn.find(({ name, descriptor }) => name === reference || descriptor.id === reference);
    let archive: Uint8Array;
    try {
      if (own !== undefined) {
        const { name, descriptor, make } = own;
        return await this.startProvider({
          descriptor,
          provider: make(providerServices),
          ...place,
          reference: name,
        });
      }
      this.#refuseUnknownName(reference);
      archive = await artifacts.fetch(reference, "provider");
    } catch (error) {
      providers.reportStartFailure(reference, linkName, error);
      throw asHostError(error);
    }
    return this.startProviderArchive(archive, { ...place, ...(grants === undefined ? {} : { grants }) });
  }

  /** What the environment brings along is not fetched. */
  async #find(reference: string, allowLatest = true): Promise<GivenModule> {
    const { artifacts, bundled } = this.#parts;
    const module = await bundled?.(reference);
    if (module !== undefined) return module;
    if (!allowLatest) artifacts.refuseLatest(reference);
    return artifacts.fetch(reference, "actor");
  }

  /** A key or a name of no built-in provider cannot be fetched from anywhere. */
  #refuseUnknownName(reference: string): void {
    if (reference.includes("/")) return;
    const names = this.#parts.builtIn.map(({ name }) => name).join(", ");
    const lacking = this.#parts.lacking.find(
      ({ provider: { name, descriptor } }) => name === reference || descriptor.id === reference,
    );
    const message =
      lacking === undefined
        ? `Provider ${reference} not found on disk or in registry`
        : `Provider ${reference} is not offered by this host: ${lacking.reason}`;
    throw new HostError("provider.not_found", message, {
      hint: `Give an image reference, an http(s) address of an archive, or one of this host's own: ${names}.`,
    });
  }
}
