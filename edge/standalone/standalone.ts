import type { EdgeEnvironment } from "../edge-host.ts";
import type { HostObjectClass } from "../object/host-object.ts";
import type { RequestContext } from "../platform.ts";
import { logged, StandaloneNamespace } from "./object-namespace.ts";
import type { SqlDatabase } from "./object-storage.ts";
import { type BunSocketHandlers, bunSocketHandlers, RuntimeSockets } from "./runtime-sockets.ts";
import { SocketPair } from "./socket-pair.ts";
import { UpgradeAnswer } from "./upgrade-answer.ts";

/** The exports of a worker as it is deployed to Cloudflare-style runtimes. */
export interface StandaloneWorker {
  readonly default: {
    fetch(request: Request, environment: EdgeEnvironment, context: RequestContext): Promise<Response>;
    scheduled?(event: unknown, environment: EdgeEnvironment): Promise<void>;
  };
  readonly HostObject: HostObjectClass;
}

/** What a {@link standalone} worker runs with. */
export interface StandaloneOptions {
  /** What are variables and secrets elsewhere, such as `process.env`; others than those of `readSettings` do no harm. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /**
   * Opens the database of an object, by its name (`host` if the worker has no other): what the host keeps lasts as long
   * as that does.
   */
  readonly database: (name: string) => SqlDatabase;
}

/** A worker as `deno serve` and Bun take it as their default export. */
export interface Standalone {
  /**
   * Hands a request to the worker.
   *
   * @param server - what the runtime gives beside it: Bun makes WebSockets by that.
   */
  readonly fetch: (request: Request, server?: unknown) => Promise<Response>;
  /** What Bun tells of WebSockets: a program that calls `Bun.serve` itself hands it on. Deno has no use for it. */
  readonly websocket: BunSocketHandlers;
  /** What the worker is given with each request: its own code gets to the host's object by it. */
  readonly environment: EdgeEnvironment;
  /** Leaves the lattice, ends the host, closes its database and every WebSocket. Twice is fine. */
  readonly close: () => Promise<void>;
}

/**
 * Runs an edge worker in a process of Deno or Bun: its durable object lives in this process, and joins its lattice at
 * once. Serve it by one process only, for each host has one identity. There is no Worker Loader: bundled actors run.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { standalone } from "weblattice/edge/standalone";
 * import * as worker from "./worker.ts";
 *
 * export default standalone(worker, {
 *   variables: process.env,
 *   database: (name) => new DatabaseSync(`${name}.db`),
 * });
 * ```
 */
export function standalone(worker: StandaloneWorker, options: StandaloneOptions): Standalone {
  const { HostObject, default: handler } = worker;
  const { variables = {}, database } = options;
  const namespace = new StandaloneNamespace({ HostObject, database, environment: () => environment });
  const environment: EdgeEnvironment = { ...variables, HOST_OBJECT: namespace };
  const sockets = new RuntimeSockets();
  provideSocketPair();
  const context: RequestContext = { waitUntil: (work) => logged("work behind a request", work) };
  // As a cron trigger does after a deployment: a member of a lattice waits for no request.
  if (handler.scheduled !== undefined) logged("start", handler.scheduled({}, environment));
  return {
    environment,
    fetch: async (request, server) => {
      const answer = await handler.fetch(request, environment, context);
      return answer instanceof UpgradeAnswer ? sockets.upgrade(request, server, answer) : answer;
    },
    websocket: bunSocketHandlers,
    close: () => {
      sockets.close();
      return namespace.close();
    },
  };
}

/** The worker makes WebSockets by a class that is there everywhere it runs. */
function provideSocketPair(): void {
  if (!("WebSocketPair" in globalThis)) Object.assign(globalThis, { WebSocketPair: SocketPair });
}
