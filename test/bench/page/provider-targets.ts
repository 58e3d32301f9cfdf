import { createStore, set, update } from "idb-keyval";
import { connect, type NatsConnection } from "nats.ws";
import {
  BUILT_IN_PROVIDERS,
  Counters,
  Logger,
  type ProviderServices,
  RingBufferSink,
} from "../../../src/index.ts";
import { IndexedDbStore, OriginFiles, startGraphWorker } from "../../../web/index.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";
import { samplePayload } from "../figures.ts";
import type { ProviderTarget } from "../tab-api.ts";
import { PingPong } from "./ping-pong.ts";
import type { Target } from "./target.ts";

/** What providers and their bare means have in common. */
interface Setting {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** WebSocket address of a nats-server with JetStream. */
  readonly nats: string;
}

/** Records take turns under this many keys, as those of an application would. */
const KEYS = 64;
/** Objects are uploaded in chunks of this size, as the actors of the tests do. */
const CHUNK_BYTES = 64 * 1024;

/** An operation of a contract, asked of the provider as a linked actor's host does. Bare: what it is made of. */
export function providerTarget(target: ProviderTarget, setting: Setting): Promise<Target> {
  return make[target](setting);
}

const make: Readonly<Record<ProviderTarget, (setting: Setting) => Promise<Target>>> = {
  "keyvalue-set": async ({ payload }) => {
    const actors = await linked("weblattice:keyvalue");
    const value = textOf(payload);
    const bare = createStore("bench-bare-keyvalue", "values");
    const nextKey = keys();
    return {
      ours: () => actors.ask("Set", { key: nextKey(), value, expires: 0 }),
      bare: () => set(nextKey(), value, bare),
    };
  },
  "keyvalue-add": async () => {
    const actors = await linked("weblattice:keyvalue");
    const bare = createStore("bench-bare-counters", "values");
    const nextKey = keys("counter");
    return {
      ours: () => actors.ask("Add", { key: nextKey(), value: 1 }),
      bare: () => update<number>(nextKey(), (count = 0) => count + 1, bare),
    };
  },
  blobstore: async ({ payload }) => {
    const files = await OriginFiles.open({ folder: "bench-blobs" });
    if (files === undefined) throw new Error("There are no files here");
    const actors = await linked("weblattice:blobstore", {}, { blobFiles: async () => files });
    const container = { id: "bench" };
    await actors.ask("CreateContainer", { container });
    const upload = { container, totalBytes: payload.length, chunkSize: CHUNK_BYTES, context: null };
    const chunks = chunksOf(payload);
    const nextKey = keys();
    // One that takes long must not be overtaken by another upload of the same object.
    const free = Array.from({ length: KEYS }, nextKey);
    const root = await navigator.storage.getDirectory();
    const bare = await root.getDirectoryHandle("bench-bare", { create: true });
    return {
      ours: async () => {
        const id = free.shift() ?? "one more";
        const start = { ...upload, id, sequenceNo: 0, chunkBytes: new Uint8Array(0) };
        await expectSuccess(actors.ask("StartUpload", { chunk: start }));
        for (const [sequenceNo, chunkBytes] of chunks.entries()) {
          await expectSuccess(actors.ask("UploadChunk", { chunk: { ...start, sequenceNo, chunkBytes } }));
        }
        free.push(id);
      },
      bare: () => writeFile(bare, nextKey(), chunks),
    };
  },
  graphdb: async () => {
    const actors = await linked("weblattice:graphdb", {}, { startGraphWorker });
    const pingPong = new PingPong();
    const ask = (query: string) => actors.ask("QueryGraph", { graphName: "bench", query });
    await actors.ask("DeleteGraph", { graphName: "bench" });
    await ask("CREATE NODE TABLE Person(name STRING, PRIMARY KEY(name))");
    for (let person = 0; person < KEYS; person++) await ask(`CREATE (:Person {name: 'person ${person}'})`);
    const same = samplePayload(100);
    return {
      ours: () => ask("MATCH (p:Person {name: 'person 7'}) RETURN p.name"),
      bare: () => pingPong.call(same, 1),
    };
  },
  httpclient: async () => {
    const actors = await linked("weblattice:httpclient");
    const url = new URL("/", location.href).href;
    const request = { method: "GET", url, headers: {}, body: new Uint8Array(0) };
    return {
      ours: () => actors.ask("Request", request),
      bare: async () => (await fetch(url)).arrayBuffer(),
    };
  },
  messaging: async ({ payload, nats }) => {
    const actors = await linked("weblattice:messaging", { URL: nats });
    const connection = await connect({ servers: nats, noAsyncTraces: true });
    const arrival = await arrivals(connection, "bench.messages");
    return {
      ours: () => arrival(payload, (subject, body) => actors.ask("Publish", { subject, replyTo: "", body })),
      bare: () => arrival(payload, async (subject, body) => connection.publish(subject, body)),
    };
  },
  eventstreams: async ({ payload, nats }) => {
    const actors = await linked("weblattice:eventstreams", { URL: nats, STREAM: "bench-events" });
    const connection = await connect({ servers: nats, noAsyncTraces: true });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: "bench-bare", subjects: ["bench.bare.events"] });
    const stream = connection.jetstream();
    const text = textOf(payload);
    return {
      ours: () => actors.ask("WriteEvent", { streamId: "bench", values: { text } }),
      bare: () => stream.publish("bench.bare.events", payload),
    };
  },
  logging: async ({ payload }) => {
    const sink = new RingBufferSink();
    const actors = await linked("weblattice:logging", {}, { logSinks: [sink] });
    const logger = new Logger([new RingBufferSink()]);
    const text = textOf(payload);
    return {
      ours: () => actors.ask("WriteLog", { target: "bench", level: "info", text }),
      bare: async () => logger.info(text),
    };
  },
};

/** The provider of that name as the dashboard's host makes it, with an actor linked. */
async function linked(
  name: string,
  values: Readonly<Record<string, string>> = {},
  services: Partial<ProviderServices> = {},
): Promise<LinkedActors> {
  const found = BUILT_IN_PROVIDERS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no provider ${name}`);
  const provider = found.make({
    logSinks: [],
    logger: new Logger([]),
    counters: new Counters(),
    now: Date.now,
    store: new IndexedDbStore("bench-providers"),
    lock: (lock, work) => navigator.locks.request(lock, work),
    ...services,
  });
  const actors = new LinkedActors(provider);
  await actors.link(values);
  return actors;
}

async function expectSuccess(answer: Promise<unknown>): Promise<void> {
  const { success, error } = (await answer) as { readonly success: boolean; readonly error: unknown };
  if (!success) throw new Error(`The chunk was not taken: ${error}`);
}

/** What the types of DOM leave out, since only workers have it. */
type SyncFile = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, options: { readonly at: number }): number;
    flush(): void;
    close(): void;
  }>;
};

async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const handle = (await folder.getFileHandle(name, { create: true })) as SyncFile;
  const file = await handle.createSyncAccessHandle();
  for (const [index, bytes] of chunks.entries()) {
    file.write(bytes, { at: index * CHUNK_BYTES });
    file.flush();
  }
  file.close();
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}

/** @returns a function that publishes a body on a subject of its own, and waits until it has come back. */
async function arrivals(connection: NatsConnection, prefix: string) {
  const waiting = new Map<string, () => void>();
  connection.subscribe(`${prefix}.*`, { callback: (_error, { subject }) => waiting.get(subject)?.() });
  await connection.flush();
  let count = 0;
  return async (
    body: Uint8Array,
    publish: (subject: string, body: Uint8Array) => Promise<unknown>,
  ): Promise<void> => {
    const subject = `${prefix}.${count++}`;
    const arrived = new Promise<void>((resolve) => waiting.set(subject, resolve));
    await publish(subject, body);
    await arrived;
    waiting.delete(subject);
  };
}

function keys(prefix = "key"): () => string {
  let count = 0;
  return () => `${prefix}${count++ % KEYS}`;
}

/** Text of as many characters as there are bytes. */
function textOf(payload: Uint8Array): string {
  return Array.from(payload, (byte) => String.fromCharCode(97 + (byte % 26))).join("");
}
