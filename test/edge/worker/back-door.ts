import { decode, encode } from "@msgpack/msgpack";
import type { EdgeEnvironment, EdgeHost, ObjectState } from "../../../edge/index.ts";

type Method = (...args: unknown[]) => Promise<unknown>;

interface Order {
  readonly binding: string;
  readonly name: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Calls a method of an object. Errors are told by their code and text. */
async function obey(request: Request, environment: EdgeEnvironment): Promise<Response> {
  const { binding, name, method, args } = decode(await request.arrayBuffer()) as Order;
  const namespace = environment[binding] as {
    idFromName(name: string): unknown;
    get(id: unknown): Record<string, Method>;
  };
  try {
    const stub = namespace.get(namespace.idFromName(name));
    const answer = (await stub[method]?.(...args)) ?? null;
    return new Response(encode({ answer }, { ignoreUndefined: true }));
  } catch (error) {
    return new Response(encode({ error: String(error) }));
  }
}

function stateOf(object: object): ObjectState & { abort(reason: string): void } {
  return (object as { ctx: ObjectState & { abort(reason: string): void } }).ctx;
}

/** A worker as users write it, with a way in for what only tests do. */
export function withBackDoor(edge: EdgeHost): EdgeHost {
  return {
    ...edge,
    fetch: async (request, environment, ...rest) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/_test") return obey(request, environment);
      if (pathname !== "/_scheduled") return edge.fetch(request, environment, ...rest);
      return Response.json(await edge.scheduled({}, environment).catch(String));
    },
    /** Objects of the tests can be thrown out of memory as the runtime does it. */
    HostObject: class extends edge.HostObject {
      async evict(): Promise<void> {
        stateOf(this).abort("evicted by the test");
      }

      alarmTime(): Promise<number | null> {
        return stateOf(this).storage.getAlarm();
      }
    },
  };
}
