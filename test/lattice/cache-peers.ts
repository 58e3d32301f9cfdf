import { afterEach } from "vitest";
import { WebSocket } from "ws";
import {
  type CacheChange,
  type CacheEvent,
  CacheReplication,
  type CacheReplicationOptions,
  connectNats,
  encodeCacheEvent,
  encodeCacheEventWrapper,
  LatticeCache,
  type LatticeConnection,
} from "../../src/lattice/index.ts";
import { Counters, Logger, RingBufferSink } from "../../src/telemetry/index.ts";

/** A cache that takes part in replication, with its own connection. */
export interface Peer {
  readonly cache: LatticeCache;
  readonly connection: LatticeConnection;
  readonly replication: CacheReplication;
  readonly counters: Counters;
  readonly log: RingBufferSink;
  /** What changed, with the cause. */
  readonly changes: { readonly change: CacheChange; readonly cause: string }[];
  /** Cuts the WebSocket; the client connects again by itself. */
  cut(): void;
  /** The same, and resolves as soon as the client has noticed. */
  lose(): Promise<void>;
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Closes something at the end of the test, before what was opened earlier. */
export function atEnd<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}

/** How a peer differs from the usual one. */
export interface PeerOptions extends Partial<CacheReplicationOptions> {
  /** Subjects of a lattice of its own. */
  readonly subjects: Subjects;
  readonly reconnectWaitMs?: number;
}

/** Where the caches of one test meet. */
export interface Subjects {
  readonly eventsSubject: string;
  readonly replaySubject: string;
}

let lattices = 0;

/** Subjects that no other test uses. */
export function newSubjects(): Subjects {
  lattices++;
  return { eventsSubject: `test${lattices}.events`, replaySubject: `test${lattices}.replay` };
}

/** Deadlines for tests in which somebody is asked who does not answer. */
export const SOON = { ackMs: 300, eventMs: 300 };

/** Opens a connection that is closed at the end of the test. */
export async function connectPeer(
  servers: string,
  reconnectWaitMs = 20,
): Promise<{ readonly connection: LatticeConnection; cut(): void }> {
  const sockets = new Set<WebSocket>();
  const connection = await connectNats({
    servers,
    reconnectWaitMs,
    webSocketFactory: (url) => {
      const socket = new WebSocket(url);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      return socket;
    },
  });
  atEnd(connection);
  return {
    connection,
    cut: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** Starts the replication of a cache, empty unless one is given. */
export async function startPeer(
  servers: string,
  { subjects, reconnectWaitMs, ...options }: PeerOptions,
): Promise<Peer> {
  const { connection, cut } = await connectPeer(servers, reconnectWaitMs);
  const lose = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = connection.onStatus(({ type }) => {
        if (type !== "disconnected") return;
        stop();
        resolve();
      });
      cut();
    });
  const cache = options.cache ?? new LatticeCache();
  const counters = new Counters();
  const log = new RingBufferSink();
  const changes: { change: CacheChange; cause: string }[] = [];
  cache.onChange((change, cause) => changes.push({ change, cause }));
  const replication = await CacheReplication.start({
    connection,
    counters,
    logger: new Logger([log]),
    ...subjects,
    ...options,
    cache,
  });
  atEnd(replication);
  return { cache, connection, replication, counters, log, changes, cut, lose };
}

/** An event as a first-party cache publishes it. */
export function wrapped(event: CacheEvent, originId = "11111111-2222-4333-8444-555555555555"): Uint8Array {
  return encodeCacheEventWrapper({ originId, event });
}

/** A first-party cache that speaks bytes: it answers replay requests with its history. */
export class ScriptedPeer {
  readonly connection: LatticeConnection;
  readonly subjects: Subjects;
  /** The bytes of requests it was asked to answer. */
  readonly asked: Uint8Array[] = [];
  /** The bytes of events it heard. */
  readonly heard: Uint8Array[] = [];

  constructor(connection: LatticeConnection, subjects: Subjects) {
    this.connection = connection;
    this.subjects = subjects;
  }

  static async connect(servers: string, subjects: Subjects): Promise<ScriptedPeer> {
    const { connection } = await connectPeer(servers);
    const peer = new ScriptedPeer(connection, subjects);
    connection.subscribe(subjects.eventsSubject, {
      onMessage: ({ data }) => void peer.heard.push(data.slice()),
    });
    await connection.flush();
    return peer;
  }

  /** Answers each request with what the script says: messages in turn. */
  async answer(
    script: (request: Uint8Array) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>,
  ): Promise<void> {
    const { replaySubject } = this.subjects;
    this.connection.subscribe(replaySubject, {
      queue: replaySubject,
      onMessage: async (message) => {
        const request = message.data.slice();
        this.asked.push(request);
        for (const answer of await script(request)) message.respond(answer);
      },
    });
    await this.connection.flush();
  }

  /** Publishes an event, in the name of another instance. */
  publish(event: CacheEvent, originId?: string): void {
    this.connection.publish(this.subjects.eventsSubject, wrapped(event, originId));
  }

  /** Asks for a replay by hand; answers all that comes within a while. */
  async ask(request: Uint8Array, waitMs = 300): Promise<Uint8Array[]> {
    return this.connection.requestMany(this.subjects.replaySubject, request, { waitMs });
  }
}

/** Bare events, as they are replayed. */
export function bare(events: readonly CacheEvent[]): Uint8Array[] {
  return events.map((event) => encodeCacheEvent(event));
}
