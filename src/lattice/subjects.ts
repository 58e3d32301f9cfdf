import { HostError } from "../errors/index.ts";

/** The namespace prefix of a lattice that was given none. Protocol section 2. */
export const DEFAULT_NAMESPACE = "default";

/** Where cache events go, unless another subject is set. Not namespaced. Protocol section 10.4. */
export const CACHE_EVENTS_SUBJECT = "lattice.state.events";
/** Where missing cache events are asked for, unless another subject is set. Protocol section 10.4. */
export const CACHE_REPLAY_SUBJECT = "lattice.state.replay";

/** A command to one host: launch or stop an actor or a provider, update an actor. Protocol section 8.4. */
export type ControlCommand = "la" | "sa" | "lp" | "sp" | "upd";

/** Every subject of one lattice, without wildcards. Protocol section 2. */
export interface LatticeSubjects {
  /** The namespace prefix. */
  readonly namespace: string;
  /** Calls of an actor, by its `M…` key. Subscribed with {@link queueGroupOf}. */
  actor(actorId: string): string;
  /** Calls of a provider, by its `V…` key. Subscribed with {@link queueGroupOf}. */
  provider(providerId: string, linkName: string): string;
  /** Announced claims. */
  readonly claims: string;
  /** Announced links. */
  readonly links: string;
  /** Announced removals of links. */
  readonly removedLinks: string;
  /** Events of all hosts. */
  readonly events: string;
  readonly actorAuction: string;
  readonly providerAuction: string;
  /** A command to the host with this `N…` key. */
  command(hostId: string, command: ControlCommand): string;
  readonly getHosts: string;
  readonly getClaims: string;
  readonly getLinks: string;
  /** The inventory of the host with this `N…` key. */
  inventory(hostId: string): string;
}

/**
 * The subjects of a lattice. Everything that becomes part of a subject is checked, so that no id can smuggle in dots
 * or wildcards.
 *
 * @param namespace - prefix of `[A-Za-z0-9_-]+`; default `default`.
 * @throws HostError `input.invalid` for a namespace, and in its functions for an id, that cannot be part of a subject.
 */
export function latticeSubjects(namespace: string = DEFAULT_NAMESPACE): LatticeSubjects {
  const rpc = `wasmbus.rpc.${token("namespace", namespace)}`;
  const control = `wasmbus.ctl.${namespace}`;
  return Object.freeze({
    namespace,
    actor: (actorId) => `${rpc}.${token("actor id", actorId)}`,
    provider: (providerId, linkName) =>
      `${rpc}.${token("provider id", providerId)}.${token("link name", linkName)}`,
    claims: `${rpc}.claims`,
    links: `${rpc}.links`,
    removedLinks: `${rpc}.remlinks`,
    events: `${control}.events`,
    actorAuction: `${control}.auction.actor`,
    providerAuction: `${control}.auction.provider`,
    command: (hostId, command) => `${control}.cmd.${token("host id", hostId)}.${command}`,
    getHosts: `${control}.get.hosts`,
    getClaims: `${control}.get.claims`,
    getLinks: `${control}.get.links`,
    inventory: (hostId) => `${control}.get.${token("host id", hostId)}.inv`,
  } satisfies LatticeSubjects);
}

/**
 * The queue group of a subject that only one of its subscribers may answer: calls of actors and providers, and cache
 * replay. It is the subject itself, on every host. Protocol section 2.
 */
export function queueGroupOf(subject: string): string {
  return subject;
}

const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;

function token(what: string, text: string): string {
  if (TOKEN.test(text)) return text;
  throw new HostError("input.invalid", `The ${what} "${text.slice(0, 128)}" cannot be part of a subject.`, {
    hint: "Use 1 to 128 letters, digits, hyphens and underscores.",
  });
}
