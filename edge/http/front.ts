import { httpServerContract } from "../../src/contracts/index.ts";
import { asHostError, HostError, messageOf } from "../../src/errors/index.ts";
import {
  findRoute,
  inTime,
  NO_ROUTE,
  ORIGIN_REFUSED,
  problemOf,
  serveRequest,
  untilLate,
} from "../../src/providers/http/index.ts";
import { ConsoleSink, Logger } from "../../src/telemetry/index.ts";
import { LOADED_INSTANCES } from "../actors/edge-runtime.ts";
import { GuestPool } from "../actors/guest-pool.ts";
import { type AnswerHostCall, IsolateGuest } from "../actors/isolate-guest.ts";
import { LoadedModules } from "../loader/loaded-modules.ts";
import { type HostObjectApi, type HostTable, resultOf, type TableActor } from "../object/api.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import type { WorkerLoader } from "../platform.ts";
import { asEncoded } from "./encoded.ts";
import { problemResponse, upgradeRequired } from "./problem.ts";
import { SentBody } from "./sent-body.ts";
import { asksForWebSocket, matchTerminal, mayConnect, upgradeOf } from "./upgrade.ts";

/** The operation of actors that serve HTTP. */
const HANDLE_REQUEST = "HandleRequest";
const { HandleRequest } = httpServerContract.deliveries;

/** What a request brings along: stubs of one request must not serve another. */
export interface FrontBindings {
  readonly object: () => HostObjectApi;
  readonly loader: WorkerLoader | undefined;
}

/** What a call of an actor works with. */
interface ActorCall {
  readonly key: string;
  readonly payload: Uint8Array;
  readonly bindings: FrontBindings;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Serves HTTP in the worker. Actors of the bundle run right here; the object is asked for what runs and where it is
 * routed, once in a while, and whenever an actor calls out.
 */
export class Front {
  readonly #options: ResolvedEdgeOptions;
  readonly #logger: Logger = new Logger([new ConsoleSink()], "edge");
  readonly #pools = new Map<string, GuestPool>();
  #table: { readonly value: HostTable; readonly at: number } | undefined;
  /** When a request went to fetch a new table. */
  #refreshing = 0;

  constructor(options: ResolvedEdgeOptions) {
    this.#options = options;
  }

  /** Answers a request within its deadline, whatever happens. */
  async handle(request: Request, bindings: FrontBindings): Promise<Response> {
    const body = new SentBody(request.body);
    return inTime(this.#options.requestMs, async (late) => {
      try {
        return await this.#serve(request, body.stream, bindings, late);
      } catch (error) {
        this.#logFailure(request, error);
        return problemResponse(problemOf(error));
      } finally {
        if (!late.aborted) await body.discard();
      }
    });
  }

  async #serve(
    request: Request,
    body: SentBody["stream"],
    bindings: FrontBindings,
    late: AbortSignal,
  ): Promise<Response> {
    const { requestMs, maxBodyBytes } = this.#options;
    const until = Date.now() + requestMs;
    const table = await untilLate(this.#currentTable(bindings), late);
    const url = new URL(request.url);
    const terminal = matchTerminal(table.terminals, url);
    if (terminal !== undefined && asksForWebSocket(request)) {
      if (!mayConnect(terminal, request)) return problemResponse(ORIGIN_REFUSED);
      const opened = reach(() => bindings.object().fetch(upgradeOf({ terminal: terminal.actor })));
      return untilLate(opened, late);
    }
    const route = findRoute(table.routes, url);
    if (route === undefined) return terminal === undefined ? problemResponse(NO_ROUTE) : upgradeRequired();
    const { method, headers } = request;
    const response = await serveRequest({ method, url: request.url, headers, body }, route, {
      maxBodyBytes,
      late,
      call: async (read) => {
        const payload = HandleRequest.request.encode(await read());
        return HandleRequest.reply.decode(
          await this.#call(table, { key: route.actor, payload, bindings, until }),
        );
      },
      tell: problemResponse,
      onFailed: (error) => this.#logFailure(request, error),
    });
    return asEncoded(response);
  }

  #call(table: HostTable, call: ActorCall): Promise<Uint8Array> {
    const actor = Object.hasOwn(table.actors, call.key) ? table.actors[call.key] : undefined;
    if (actor === undefined) return this.#callElsewhere(call);
    if (actor.expires !== undefined && actor.expires * 1_000 <= Date.now()) {
      throw new HostError("claims.expired", `The claims of ${actor.name} have expired`);
    }
    return this.#callHere(actor, table, call);
  }

  /** It runs on another host of the lattice, if anywhere. */
  async #callElsewhere({ key, payload, bindings }: ActorCall): Promise<Uint8Array> {
    return resultOf(await reach(() => bindings.object().dispatch(key, HANDLE_REQUEST, payload)));
  }

  async #callHere(actor: TableActor, table: HostTable, call: ActorCall): Promise<Uint8Array> {
    const { key, payload, bindings, until } = call;
    let isAdrift = false;
    const answer: AnswerHostCall = async (request) => {
      const object = bindings.object();
      const result = await object.hostCall(key, request, until - Date.now());
      if (!result.ok && result.isAdrift === true) isAdrift = true;
      return result;
    };
    const bundled = Object.values(this.#options.actors).find(({ hash }) => hash === actor.hash);
    const deadlineMs = Math.max(1, until - Date.now());
    const operation = HANDLE_REQUEST;
    try {
      if (bundled === undefined) {
        const limits = {
          maxMemoryBytes: actor.maxMemoryBytes,
          maxPayloadBytes: table.maxPayloadBytes,
          deadlineMs,
          instances: LOADED_INSTANCES,
        };
        const loaded = this.#loadedModules(bindings);
        return await loaded.call(actor.hash, { operation, payload, answer }, limits, (line) =>
          console.info(`[${key}] ${line}`),
        );
      }
      const pool = this.#poolOf(actor, table.maxPayloadBytes, bundled.module);
      return await pool.call({ operation, payload, answer, deadlineMs });
    } catch (error) {
      const known = asHostError(error);
      if (!isAdrift || known.code !== "guest.failure") throw known;
      throw new HostError("lattice.not_connected", known.message, { cause: known });
    }
  }

  #loadedModules({ loader, object }: FrontBindings): LoadedModules {
    if (loader === undefined) {
      throw new HostError("actor.not_running", "The actor is not in this version of the worker");
    }
    return new LoadedModules({ loader, source: async (hash) => resultOf(await object().module(hash)) });
  }

  #poolOf(actor: TableActor, maxPayloadBytes: number, module: WebAssembly.Module): GuestPool {
    const known = this.#pools.get(actor.hash);
    if (known !== undefined) return known;
    const { wait, maxMemoryBytes, name } = actor;
    const onLog = (text: string): void => console.info(`[${name}] ${text}`);
    const pool = new GuestPool({
      limit: this.#options.instances,
      start: (answer) => IsolateGuest.start({ module, wait, maxMemoryBytes, maxPayloadBytes, onLog }, answer),
    });
    this.#pools.set(actor.hash, pool);
    return pool;
  }

  /** While one request fetches a new table, others go by the old one for as long as a table is good, but no longer. */
  async #currentTable(bindings: FrontBindings): Promise<HostTable> {
    const { tableMs } = this.#options;
    const now = Date.now();
    const known = this.#table;
    if (known !== undefined) {
      const age = now - known.at;
      const isFetched = now - this.#refreshing < tableMs;
      if (age < tableMs || (age < 2 * tableMs && isFetched)) return known.value;
    }
    this.#refreshing = now;
    // An object that was thrown out meanwhile comes back by being asked again.
    const ask = (): Promise<HostTable> => reach(() => bindings.object().table()).then(resultOf);
    const value = await ask().catch((error: HostError) => {
      if (error.code !== "host.stopped") throw error;
      return ask();
    });
    this.#table = { value, at: now };
    this.#forgetPools(value);
    return value;
  }

  /** Calls in progress end in pools of modules that were stopped or updated; nothing comes after them. */
  #forgetPools({ actors }: HostTable): void {
    const used = new Set(Object.values(actors).map(({ hash }) => hash));
    for (const hash of this.#pools.keys()) if (!used.has(hash)) this.#pools.delete(hash);
  }

  #logFailure(request: Request, error: unknown): void {
    const { code, message } = asHostError(error);
    const path = new URL(request.url).pathname.slice(0, 200);
    this.#logger.warn(`${request.method} ${path}: ${code}: ${message}`.slice(0, 1_300));
  }
}

/** A call of the object; one that broke off says that the object is away. */
async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError("host.stopped", `The object did not answer: ${messageOf(error)}`, { cause: error });
  }
}
