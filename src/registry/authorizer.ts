import { HostError } from "../errors/index.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Exchange } from "./exchange.ts";
import { Recent } from "./recent.ts";
import { statusError } from "./status-error.ts";
import { readToken, tokenAddress } from "./token.ts";
import type { Authorization, Transport } from "./transport.ts";

/** Who we are to a registry. */
export interface RegistryCredentials {
  readonly user: string;
  readonly password: string;
}

/** Finds the credentials for a registry, given as in references; undefined: none. */
export type FindCredentials = (
  registry: string,
) => RegistryCredentials | undefined | Promise<RegistryCredentials | undefined>;

/** What is to be done where. */
export interface Access {
  readonly registry: string;
  readonly repository: string;
  readonly actions: "pull" | "pull,push";
  /** Whether the registry is reached by plain http. */
  readonly isInsecure: boolean;
  /** Where its answers come from: the registry, or the proxy that stands for it. */
  readonly home: URL;
  readonly signal: AbortSignal | undefined;
}

const PING_MS = 5 * 60_000;
const MAX_KEPT = 256;
const encoder = new TextEncoder();

/** Gets us into registries. What was learned is kept: which way in a registry wants, and tokens until they end. */
export class Authorizer {
  readonly #transport: Transport;
  readonly #credentials: FindCredentials;
  readonly #ways = new Recent<{ readonly challenge: Challenge | undefined }>(MAX_KEPT);
  readonly #tokens = new Recent<string>(MAX_KEPT);

  constructor(transport: Transport, credentials: FindCredentials) {
    this.#transport = transport;
    this.#credentials = credentials;
  }

  /**
   * What to send with the requests of an access, asking the registry first which way in it wants.
   * @param ping the address to ask
   */
  async authorization(access: Access, ping: string): Promise<Authorization | undefined> {
    const known = this.#ways.get(access.home.href);
    if (known !== undefined) return this.#answer(access, known.challenge, { fresh: false });
    const { signal } = access;
    const exchange = await this.#transport.send({ method: "GET", url: ping, signal });
    if (exchange.status === 429) throw await statusError(exchange, "Asking the registry for its way in");
    exchange.discard();
    return this.#learn(access, exchange, { fresh: false });
  }

  /** What to send after a request was refused with 401; undefined where nothing is left to try. */
  renewed(access: Access, refused: Exchange): Promise<Authorization | undefined> {
    return this.#learn(access, refused, { fresh: true });
  }

  #learn(access: Access, exchange: Exchange, how: { fresh: boolean }): Promise<Authorization | undefined> {
    const challenge = chosen(parseChallenges(exchange.header("www-authenticate") ?? ""));
    this.#ways.set(access.home.href, { challenge }, PING_MS);
    return this.#answer(access, challenge, how);
  }

  async #answer(
    access: Access,
    challenge: Challenge | undefined,
    { fresh }: { fresh: boolean },
  ): Promise<Authorization | undefined> {
    if (challenge === undefined) return undefined;
    const credentials = await this.#credentials(access.registry);
    const basic = credentials === undefined ? undefined : basicHeader(credentials);
    if (challenge.scheme === "bearer") return this.#bearer(access, challenge, basic, fresh);
    return basic === undefined ? undefined : { header: basic, origin: access.home.origin };
  }

  async #bearer(
    access: Access,
    challenge: Challenge,
    basic: string | undefined,
    fresh: boolean,
  ): Promise<Authorization | undefined> {
    const { home, isInsecure, repository, actions, signal } = access;
    const url = tokenAddress(challenge, home, isInsecure);
    if (url === undefined) return undefined;
    const service = challenge.parameters.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", `repository:${repository}:${actions}`);
    const key = JSON.stringify([url.href, basic]);
    const known = fresh ? undefined : this.#tokens.get(key);
    if (known !== undefined) return { header: `Bearer ${known}`, origin: home.origin };
    const origin = this.#transport.actual(url.href).origin;
    const authorization = basic === undefined ? undefined : { header: basic, origin };
    const exchange = await this.#transport.send({ method: "GET", url: url.href, authorization, signal });
    if (exchange.status !== 200) throw await statusError(exchange, "Asking for a token");
    const token = await readToken(exchange);
    this.#tokens.set(key, token.text, token.ms);
    return { header: `Bearer ${token.text}`, origin: home.origin };
  }
}

/** Tokens go before passwords. */
function chosen(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm")) ??
    challenges.find(({ scheme }) => scheme === "basic")
  );
}

function basicHeader({ user, password }: RegistryCredentials): string {
  if (user.includes(":"))
    throw new HostError("input.invalid", "A registry's user must have no colon in its name");
  const bytes = encoder.encode(`${user}:${password}`);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `Basic ${btoa(text)}`;
}
