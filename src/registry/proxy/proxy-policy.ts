import { HostError } from "../../errors/index.ts";

/** Which registries a proxy may reach. */
export interface ProxyPolicyOptions {
  readonly allow: readonly string[];
  readonly insecure: readonly string[];
}

/** Names that belong to a network of its own, never to a storage of the world. */
const PRIVATE = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/;

/** Says where a proxy may go, so that no page can reach anything else through it. */
export class ProxyPolicy {
  readonly #registries: ReadonlySet<string>;
  readonly #insecure: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor({ allow, insecure }: ProxyPolicyOptions) {
    this.#registries = new Set(allow);
    this.#insecure = new Set(insecure);
    this.#origins = new Set(allow.map((registry) => new URL(this.base(registry)).origin));
  }

  allows(registry: string): boolean {
    return this.#registries.has(registry);
  }

  isInsecure(registry: string): boolean {
    return this.#insecure.has(registry);
  }

  /** Scheme, host and port of a registry. */
  base(registry: string): string {
    return `${this.isInsecure(registry) ? "http" : "https"}://${registry}`;
  }

  /**
   * Refuses addresses other than registries that are allowed, and plain https ones of the world: registries redirect
   * to storages, and name token services, that no operator can list.
   * @throws HostError `registry.refused`
   */
  checkHop(url: URL): void {
    if (this.#origins.has(url.origin) || isOfTheWorld(url)) return;
    throw new HostError("registry.refused", `The registry leads to ${url.host}, where this proxy may not go`);
  }
}

function isOfTheWorld({ protocol, hostname, port }: URL): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  const isAddress = name.startsWith("[") || /^[\d.]+$/.test(name);
  return protocol === "https:" && port === "" && name.includes(".") && !isAddress && !PRIVATE.test(name);
}
