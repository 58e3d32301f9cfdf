import type { NatsConnection, Subscription } from "nats.ws";
import { expect, vi } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { type ClosableWebSocket, type JoinOptions, latticeSubjects } from "../../src/index.ts";
import { atEndOfTest } from "./end-of-test.ts";
import { connectClient } from "./nats.ts";
import { startTestHost, type TestHost, type TestHostOptions } from "./node-host.ts";

/** The subjects of the default lattice. */
export const subjects = latticeSubjects();

/** WebSockets that were opened and are not closed. */
export class OpenSockets {
  readonly #open = new Set<ClosableWebSocket>();

  get count(): number {
    return this.#open.size;
  }

  /** Resolves when none is left; closing one takes a message each way. */
  async closed(): Promise<void> {
    await vi.waitFor(() => expect(this.count).toBe(0));
  }

  readonly factory = (url: string): ClosableWebSocket => {
    const socket = webSocketFactory(url);
    this.#open.add(socket);
    socket.addEventListener("close", () => this.#open.delete(socket));
    return socket;
  };
}

/** A host that can join lattices. */
export interface LatticeHost extends TestHost {
  readonly sockets: OpenSockets;
  /** Joins with the WebSockets of Node, and tries again soon where a connection is lost. */
  join(servers: string, options?: Partial<JoinOptions>): Promise<void>;
}

/** A started host, standalone as yet. */
export async function startLatticeHost(options: TestHostOptions = {}): Promise<LatticeHost> {
  const test = await startTestHost(options);
  const sockets = new OpenSockets();
  return {
    ...test,
    sockets,
    join: (servers, more = {}) =>
      test.host.joinLattice({ servers, webSocketFactory: sockets.factory, reconnectWaitMs: 50, ...more }),
  };
}

/** A member of a lattice of the default namespace. Actors it starts by name can be called by everybody at once. */
export interface Member extends LatticeHost {
  /** Resolves when the server has everything that the host has sent so far, its subscriptions above all. */
  synced(): Promise<void>;
}

/** A host that is a member of a lattice. */
export async function joinedHost(
  servers: string,
  options: TestHostOptions = {},
  how: Partial<JoinOptions> = {},
): Promise<Member> {
  const joined = await startLatticeHost(options);
  await joined.join(servers, how);
  const asker = await rawClient(servers);
  const { id } = joined.host;
  // The answer comes behind what was sent before it.
  const synced = async (): Promise<void> =>
    void (await asker.request(subjects.inventory(id), undefined, { timeout: 3_000 }));
  return {
    ...joined,
    synced,
    start: async (name) => {
      const description = await joined.start(name);
      await synced();
      return description;
    },
  };
}

/** A client of the lattice that knows nothing of hosts: closed at the end of the test. */
export async function rawClient(servers: string): Promise<NatsConnection> {
  const client = await connectClient(servers);
  atEndOfTest(() => client.close());
  return client;
}

/** What was published on a subject, in order. */
export interface Heard {
  readonly messages: Uint8Array[];
  /** Resolves with the first message, heard already or not, that fits. */
  next<T>(fits: (message: Uint8Array) => T | undefined): Promise<T>;
  readonly subscription: Subscription;
}

/** Listens to a subject; resolves when the server knows. */
export async function listen(client: NatsConnection, subject: string): Promise<Heard> {
  const messages: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  const subscription = client.subscribe(subject, {
    callback: (_error, { data }) => {
      messages.push(data.slice());
      for (const look of waiting) look();
    },
  });
  await client.flush();
  return {
    messages,
    subscription,
    next: (fits) =>
      new Promise((resolve) => {
        let seen = 0;
        const look = (): void => {
          while (seen < messages.length) {
            const found = fits(messages[seen++] ?? new Uint8Array(0));
            if (found === undefined) continue;
            waiting.delete(look);
            resolve(found);
            return;
          }
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A message of the control plane as JSON. */
export function json(data: Uint8Array): unknown {
  return JSON.parse(Buffer.from(data).toString());
}

/** The text of a message. */
export function text(data: Uint8Array): string {
  return Buffer.from(data).toString();
}

/** The next event of a kind that is published by a host. */
export function nextEvent(heard: Heard, hostId: string, kind: string): Promise<string> {
  return heard.next((data) => {
    const line = text(data);
    return line.includes(hostId) && line.includes(kind) ? line : undefined;
  });
}
