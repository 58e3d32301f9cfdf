import { decode, encode } from "@msgpack/msgpack";
import echo from "../../../build/actors/echo.wasm";
import extras from "../../../build/actors/extras.wasm";
import faulty from "../../../build/actors/faulty.wasm";
import kvcounter from "../../../build/actors/kvcounter.wasm";
import pinger from "../../../build/actors/pinger.wasm";
import website from "../../../build/actors/website.wasm";
import { type EdgeEnvironment, edgeHost } from "../../../edge/index.ts";
import { KeyValueObject } from "./keyvalue-object.ts";
import { StoreObject } from "./store-object.ts";

/** The worker of the tests: a host as users write it, and a back door for what only tests do. */
const edge = edgeHost({
  actors: { echo, kvcounter, faulty, pinger, extras, website },
  routes: [
    { path: "/echo,/e", actor: "echo" },
    { path: "/count", actor: "kvcounter" },
    { path: "/web", actor: "website" },
    { path: "/named", actor: "extras", host: "named.test" },
    { path: "/ping", actor: "pinger" },
  ],
  links: [
    { actor: "kvcounter", contract: "wasmcloud:keyvalue" },
    { actor: "extras", contract: "wasmcloud:extras" },
    { actor: "website", contract: "wasmcloud:keyvalue" },
    { actor: "website", contract: "wasmcloud:logging" },
    { actor: "website", contract: "wasmcloud:httpclient", values: { timeout: "2", max_redirects: "2" } },
  ],
  requestMs: 6_000,
  maxBodyBytes: 262_144,
  tableMs: 100,
  heartbeatMs: 1_000,
  lingerMs: 500,
  limits: { callDeadlineMs: 3_000 },
});

/** Objects of the tests can be thrown out of memory as the runtime does it. */
export class HostObject extends edge.HostObject {
  async evict(): Promise<void> {
    (this as unknown as { ctx: { abort(reason: string): void } }).ctx.abort("evicted by the test");
  }
}
export { KeyValueObject, StoreObject };

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

export default {
  ...edge,
  fetch: (request: Request, environment: EdgeEnvironment): Promise<Response> =>
    new URL(request.url).pathname === "/_test"
      ? obey(request, environment)
      : edge.fetch(request, environment),
};
