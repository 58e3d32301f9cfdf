import type { ProviderArchive, ProviderClaims } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import {
  DEFAULT_GRANT_LIMITS,
  GrantedServices,
  type GrantLimits,
  type ProviderAuthority,
  type ProviderGrants,
  ProviderStorage,
  type ProviderWebSocket,
  readAskedAuthority,
  settleAuthority,
} from "../providers/index.ts";
import type { Store } from "../storage/index.ts";
import { checkLimit } from "./limits.ts";

/** A provider from an archive that is started without grants of its own. */
export interface GrantRequest {
  /** Verified; who signed is for the policy to judge. */
  readonly claims: ProviderClaims;
  readonly asked: ProviderAuthority;
}

/** How providers from archives come to network and storage. */
export interface ProviderGrantSettings {
  /** Decides where a start says nothing about grants, as the lattice's commands do. Default: nothing is granted. */
  readonly policy?: (request: GrantRequest) => ProviderGrants;
  /** Overrides of `DEFAULT_GRANT_LIMITS`. */
  readonly limits?: Partial<GrantLimits>;
  /** Sends requests; default the platform's. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Opens WebSockets; default the platform's, which Node has from version 22. */
  readonly webSocket?: (url: string) => ProviderWebSocket;
}

/** Settles what providers from archives may do, and hands it to them. */
export class ProviderGranting {
  readonly #settings: ProviderGrantSettings;
  readonly #limits: GrantLimits;
  readonly #store: Store | undefined;
  /** One for each provider, whichever link names it runs under: it counts what is kept. */
  readonly #storages = new Map<string, ProviderStorage>();

  /** @throws HostError `input.invalid` for a bad limit. */
  constructor(settings: ProviderGrantSettings, store: Store | undefined) {
    this.#settings = settings;
    this.#limits = Object.freeze({ ...DEFAULT_GRANT_LIMITS, ...settings.limits });
    for (const [name, value] of Object.entries(this.#limits)) checkLimit(name, value);
    this.#store = store;
  }

  /**
   * What a provider gets: what it asks for, if all of that is granted.
   *
   * @param grants - absent: the policy decides.
   * @throws HostError `provider.not_granted`, `archive.malformed`, `input.invalid`, `host.unsupported` for storage on a
   *   host that keeps nothing, or what the policy throws.
   */
  services(
    { claims, manifest }: Pick<ProviderArchive, "claims" | "manifest">,
    grants: ProviderGrants | undefined,
    name: string,
  ): GrantedServices {
    const { policy, fetch, webSocket } = this.#settings;
    const asked = readAskedAuthority(manifest);
    const authority = settleAuthority(asked, grants ?? policy?.({ claims, asked }) ?? {}, name);
    return new GrantedServices({
      authority,
      limits: this.#limits,
      ...(authority.storage ? { storage: this.#storageOf(claims.subject) } : {}),
      ...(fetch === undefined ? {} : { fetch }),
      ...(webSocket === undefined ? {} : { webSocket }),
    });
  }

  #storageOf(provider: string): ProviderStorage {
    const known = this.#storages.get(provider);
    if (known !== undefined) return known;
    if (this.#store === undefined) {
      throw new HostError("host.unsupported", "This provider needs a store, and the host has none", {
        hint: "Build the host with withStore(…), or start it with --store FOLDER.",
      });
    }
    const made = new ProviderStorage(this.#store, provider, this.#limits);
    this.#storages.set(provider, made);
    return made;
  }
}
