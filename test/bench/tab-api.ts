import type { HostCallStrategyName, PlacementKind } from "../../src/index.ts";
import type { Figures } from "./figures.ts";

/** Whose speed is measured: this library's, or that of the platform's means alone. */
export type Side = "ours" | "bare";

/** An operation of a capability contract. Bare: what it is made of; `graphdb`: a round trip to a worker. */
export type ProviderTarget =
  | "keyvalue-set"
  | "keyvalue-add"
  | "blobstore"
  | "graphdb"
  | "httpclient"
  | "messaging"
  | "eventstreams"
  | "logging";

/** What is called in a tab. */
export type TabTarget =
  | ProviderTarget
  /** The host's API, in the host worker, calls the actor `echo`. Bare: a round trip to a worker. */
  | "local"
  /** The page calls `echo` through the host client. Bare: two round trips. */
  | "page"
  /** The page fetches from `echo` through the service worker. Bare: a static file of the page's server. */
  | "http"
  /** The same as `local` with one instance, and with one per core. Bare: a worker that never waits to be asked. */
  | "worker-one"
  | "worker-cores"
  /** The same with one instance. Bare: a worker that is asked again only when it has answered. */
  | "worker-serial"
  /** `kvcounter` makes one host call by this strategy. Bare: two round trips; one where it is refused. */
  | HostCallStrategyName
  /** `pinger` calls `ponger`. Bare: three round trips. */
  | "actor-to-actor"
  /** An actor on another host is called over the lattice. Bare: a NATS request of the same bytes. */
  | "lattice-out"
  /** An invocation is signed, or verified. Bare: SHA-256 and Ed25519 by WebCrypto. */
  | "sign"
  | "verify";

/** One round in a tab. */
export interface TabRound {
  readonly target: TabTarget;
  readonly side: Side;
  readonly bytes: number;
  readonly inFlight: number;
  readonly ms: number;
}

/** Another tab, as a target. */
export interface TabPeer {
  /** Prefix of the subjects that its bare responder answers. */
  readonly bareSubject: string;
  /** Key of an echoing actor that runs there and not here. */
  readonly actor: string;
}

/** What a tab is made of. */
export interface TabSetUp {
  /** Names of the actors that its host runs. */
  readonly actors: readonly string[];
  /** WebSocket address of the lattice it joins. */
  readonly lattice: string;
  /** Prefix of the subjects that a bare responder answers; the last token is the size of the answer. */
  readonly bareSubject: string;
  readonly peer?: TabPeer;
}

/** What can be started in the host worker of a tab. */
export type WorkerStart =
  /** An actor on a running host, which has compiled its module before. */
  | `actor-${PlacementKind}`
  /** The first instance of a module that was neither verified nor compiled. */
  | `first-${PlacementKind}`
  /** One more instance of the same actor. */
  | `second-${PlacementKind}`
  /** A call of a parked actor, which parks another. */
  | `unpark-${PlacementKind}`;

/** What can be started in a tab. */
export type Startable = WorkerStart | "host";

/** What the benchmark asks of a tab: plain data both ways, for it travels as JSON. */
export interface TabApi {
  /** @returns the browser's name for itself. */
  setUp(options: TabSetUp): Promise<string>;
  measure(round: TabRound): Promise<Figures>;
  /** Milliseconds for one start. Bare: a worker that runs the same module, or that just answers. */
  timeStart(what: Startable, side: Side): Promise<number>;
  /** Starts so many more actors, each under a key of its own, and keeps them. Bare: only workers and instances. */
  hold(placement: PlacementKind, side: Side, count: number): Promise<void>;
  /** Stores what a large lattice knows, in IndexedDB. @returns milliseconds. */
  storeCache(): Promise<number>;
  /** Takes it back into an empty cache. @returns milliseconds. */
  restoreCache(): Promise<number>;
}

/** What a tab is sent. */
export interface TabCommand {
  readonly id: number;
  readonly name: keyof TabApi;
  readonly args: readonly unknown[];
}

/** What a tab answers. */
export type TabAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
