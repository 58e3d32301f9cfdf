import { HostError } from "../src/errors/index.ts";
import { problemOf } from "../src/providers/http/index.ts";
import { fed } from "./http/feed.ts";
import { Front } from "./http/front.ts";
import { problemResponse } from "./http/problem.ts";
import { proxied } from "./http/proxy.ts";
import { type HostObjectApi, resultOf } from "./object/api.ts";
import { type HostObjectClass, hostObjectClass } from "./object/host-object.ts";
import { type EdgeHostOptions, type ResolvedEdgeOptions, resolveEdgeOptions } from "./options.ts";
import type { ObjectNamespace, WorkerLoader } from "./platform.ts";

/** What the worker is bound to: `HOST_OBJECT`, `LOADER` if wanted, and the variables of `readSettings`. */
export type EdgeEnvironment = Readonly<Record<string, unknown>>;

/** A worker that is a wasmCloud host: its default export. */
export interface EdgeHost {
  /** The class of the durable object that holds the host; the worker exports it as `HostObject`. */
  readonly HostObject: HostObjectClass;
  /** Hands requests to actors. Never throws. */
  fetch(request: Request, environment: EdgeEnvironment): Promise<Response>;
  /**
   * Wakes the host, so that a cron trigger can bring it to its lattice after a deployment.
   *
   * @throws HostError why it did not start, for the runtime's record of triggers.
   */
  scheduled(event: unknown, environment: EdgeEnvironment): Promise<void>;
  /**
   * The object that holds the host, for the worker's own code. It belongs to the request that asked for it.
   *
   * @throws HostError `input.invalid` without the binding `HOST_OBJECT`.
   */
  object(environment: EdgeEnvironment): HostObjectApi;
}

/**
 * A wasmCloud host on a Cloudflare-style runtime.
 *
 * @throws HostError `input.invalid`.
 * @example
 * ```ts
 * import { edgeHost } from "weblattice/edge";
 * import echo from "./echo.wasm";
 *
 * const edge = edgeHost({ actors: { echo }, routes: [{ path: "/echo", actor: "echo" }] });
 * export default edge;
 * export const { HostObject } = edge;
 * ```
 */
export function edgeHost(options: EdgeHostOptions = {}): EdgeHost {
  const resolved = resolveEdgeOptions(options);
  const front = new Front(resolved);
  const object = (environment: EdgeEnvironment): HostObjectApi => objectOf(environment, resolved);
  return {
    HostObject: hostObjectClass(resolved),
    object,
    fetch: async (request, environment) => {
      try {
        const answer =
          (await proxied(request, environment, resolved)) ??
          (await fed(request, environment, resolved, () => object(environment)));
        if (answer !== undefined) return answer;
        const loader = environment["LOADER"] as WorkerLoader | undefined;
        return await front.handle(request, { object: () => object(environment), loader });
      } catch (error) {
        return problemResponse(problemOf(error));
      }
    },
    scheduled: async (_event, environment) => {
      resultOf(await object(environment).wake());
    },
  };
}

function objectOf(environment: EdgeEnvironment, { objectName }: ResolvedEdgeOptions): HostObjectApi {
  const namespace = environment["HOST_OBJECT"] as ObjectNamespace<HostObjectApi> | undefined;
  if (namespace === undefined) {
    throw new HostError("input.invalid", "The worker has no binding HOST_OBJECT", {
      hint: "Bind the durable object class HostObject under that name; it must be one with SQLite.",
    });
  }
  return namespace.get(namespace.idFromName(objectName));
}
