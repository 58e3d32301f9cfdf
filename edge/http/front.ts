import { httpServerContract } from "../../src/contracts/index.ts";
import { asHostError, type ErrorCode, HostError, messageOf } from "../../src/errors/index.ts";
import { ConsoleSink, Logger } from "../../src/telemetry/index.ts";
import { LOADED_INSTANCES } from "../actors/edge-runtime.ts";
import { GuestPool } from "../actors/guest-pool.ts";
import { type AnswerHostCall, IsolateGuest } from "../actors/isolate-guest.ts";
import { LoadedModules } from "../loader/loaded-modules.ts";
import { type HostObjectApi, type HostTable, resultOf, type TableActor } from "../object/api.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import type { WorkerLoader } from "../platform.ts";
import { toActorRequest, toResponse } from "./exchange.ts";
import { type Problem, problemOf, problemResponse, upgradeRequired } from "./problem.ts";
import { matchRoute } from "./routes.ts";
import { asksForWebSocket, matchTerminal, mayConnect, upgradeOf } from "./upgrade.ts";

/** The operation of actors that serve HTTP. */
const HANDLE_REQUEST = "HandleRequest";

/** What a request brings along: stubs of one request must not serve another. */
export interface FrontBindings {
  readonly object: () => HostObjectApi;
  readonly loader: WorkerLoader | undefined;
}

/** How far a request has come. */
interface Progress {
  /** Its body is still being read. */
  isReading: boolean;
  /** Ends the reading when the request is late. */
  readonly late: AbortController;
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
    const { requestMs } = this.#options;
    const progress: Progress = { isReading: false, late: new AbortController() };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const reason = progress.isReading ? slowSender() : noResponse(requestMs);
        progress.late.abort(reason);
        reject(reason);
      }, requestMs);
    });
    try {
      return await Promise.race([this.#serve(request, bindings, progress), late]);
    } catch (error) {
      return this.#fail(request, asHostError(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async #serve(request: Request, bindings: FrontBindings, progress: Progress): Promise<Response> {
    const until = Date.now() + this.#options.requestMs;
    const table = await this.#currentTable(bindings);
    const url = new URL(request.url);
    const terminal = matchTerminal(table.terminals, url);
    if (terminal !== undefined && asksForWebSocket(request)) {
      if (!mayConnect(terminal, request)) return foreignOrigin();
      return reach(() => bindings.object().fetch(upgradeOf({ terminal: terminal.actor })));
    }
    const route = matchRoute(table.routes, { host: url.hostname, path: url.pathname });
    if (route === undefined) return terminal === undefined ? noRoute() : upgradeRequired();
    const payload = httpServerContract.deliveries.HandleRequest.request.encode(
      await this.#readRequest(request, progress),
    );
    const answer = await this.#call(table, { key: route.actor, payload, bindings, until });
    return toResponse(request.method, answer, (reason) =>
      this.#log(request, `the actor ${route.actor} answered: ${reason}`),
    );
  }

  async #readRequest(request: Request, progress: Progress): ReturnType<typeof toActorRequest> {
    progress.isReading = true;
    try {
      return await toActorRequest(request, this.#options.maxBodyBytes, progress.late.signal);
    } catch (error) {
      if (error instanceof HttpProblem) throw error;
      const known = asHostError(error, "input.invalid");
      throw new HttpProblem(
        known.code === "input.too_large"
          ? { status: 413, detail: known.message, code: known.code }
          : { status: 400, detail: "The request's body could not be read", code: "input.invalid" },
      );
    } finally {
      progress.isReading = false;
    }
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
    const outcome = await reach(() => bindings.object().dispatch(key, HANDLE_REQUEST, payload));
    if (outcome.ok) return outcome.value;
    const reason = (outcome.error.details["reason"] ?? outcome.error.code) as ErrorCode;
    const isNowhere = reason === "dispatch.no_subscriber";
    throw new HostError(isNowhere ? "actor.not_running" : reason, outcome.error.message);
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

  #fail(request: Request, error: HostError): Response {
    if (error instanceof HttpProblem) return problemResponse(error.problem);
    const problem = problemOf(error);
    this.#log(request, `${error.code}: ${error.message}`);
    return problemResponse(problem);
  }

  #log(request: Request, what: string): void {
    this.#logger.warn(
      `${request.method} ${new URL(request.url).pathname.slice(0, 200)}: ${what.slice(0, 1_000)}`,
    );
  }
}

/** A failure that is the client's own matter. */
class HttpProblem extends HostError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super("input.invalid", problem.detail);
    this.problem = problem;
  }
}

function slowSender(): HttpProblem {
  const detail = "The request's body did not come in time";
  return new HttpProblem({ status: 408, detail, code: "http.slow_sender" });
}

function noResponse(ms: number): HostError {
  return new HostError("actor.deadline", `No response within ${ms} ms`);
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

function foreignOrigin(): Response {
  const detail = "Pages of this origin may not connect: the link value ORIGINS does not name it";
  return problemResponse({ status: 403, detail, code: "http.origin_refused" });
}

function noRoute(): Response {
  const detail = "No actor is linked to this path and host name";
  return problemResponse({ status: 404, detail, code: "http.no_route" });
}
