import { HostError } from "../../errors/index.ts";
import { parseChallenges } from "../challenge.ts";
import { Recent } from "../recent.ts";
import { tokenAddress } from "../token.ts";
import type { Transport } from "../transport.ts";
import type { ProxyPolicy } from "./proxy-policy.ts";

const SERVICE_MS = 5 * 60_000;
const MAX_KEPT = 256;

/** The token services of registries, as the registries themselves name them: no page can name another. */
export class TokenServices {
  readonly #transport: Transport;
  readonly #policy: ProxyPolicy;
  readonly #known = new Recent<string>(MAX_KEPT);

  constructor(transport: Transport, policy: ProxyPolicy) {
    this.#transport = transport;
    this.#policy = policy;
  }

  /**
   * The address of a registry's token service, with the service's name in it.
   * @throws HostError `registry.bad_response` where it has none, and those of asking
   */
  async of(registry: string): Promise<URL> {
    const known = this.#known.get(registry);
    if (known !== undefined) return new URL(known);
    const url = `${this.#policy.base(registry)}/v2/`;
    const exchange = await this.#transport.send({ method: "GET", url });
    exchange.discard();
    const challenges = parseChallenges(exchange.header("www-authenticate") ?? "");
    const challenge = challenges.find(({ scheme }) => scheme === "bearer");
    const isInsecure = this.#policy.isInsecure(registry);
    const address = challenge === undefined ? undefined : tokenAddress(challenge, new URL(url), isInsecure);
    if (address === undefined)
      throw new HostError("registry.bad_response", "The registry has no token service");
    const service = challenge?.parameters.get("service");
    if (service !== undefined) address.searchParams.set("service", service);
    this.#known.set(registry, address.href, SERVICE_MS);
    return address;
  }
}
