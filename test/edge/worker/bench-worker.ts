import echo from "../../../build/actors/echo.wasm";
import kvcounter from "../../../build/actors/kvcounter.wasm";
import { type EdgeEnvironment, edgeHost } from "../../../edge/index.ts";

/** The worker of the benchmark: a host, and a path that calls its actor through the object. */
const edge = edgeHost({
  actors: { echo, kvcounter },
  routes: [
    { path: "/echo", actor: "echo" },
    { path: "/count", actor: "kvcounter" },
  ],
  links: [{ actor: "kvcounter", contract: "wasmcloud:keyvalue" }],
});

export const { HostObject } = edge;

/** Calls `echo` in the object as often as the query says, a few at one time. */
async function callObject(query: URLSearchParams, environment: EdgeEnvironment): Promise<Response> {
  const object = edge.object(environment);
  const payload = new Uint8Array(Number(query.get("bytes")));
  let left = Number(query.get("calls"));
  const loop = async (): Promise<void> => {
    while (left-- > 0) {
      const outcome = await object.call(query.get("actor") ?? "", "Echo", payload);
      if (!outcome.ok) throw new Error(outcome.error.message);
    }
  };
  await Promise.all(Array.from({ length: Number(query.get("inFlight")) }, loop));
  return new Response("done");
}

export default {
  ...edge,
  fetch: (request: Request, environment: EdgeEnvironment): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    return pathname === "/call" ? callObject(searchParams, environment) : edge.fetch(request, environment);
  },
};
