import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Sent } from "../../conformance/providers/httpserver-site.ts";

/** Sends a request over a connection of its own, for whatever host: `fetch` would say where it really goes. */
export async function sendTo(
  address: { readonly host: string; readonly port: number } | undefined,
  { url, method, headers, body }: Sent,
): Promise<Response> {
  if (address === undefined) throw new Error("nobody listens for the actor");
  const asking = request({
    ...address,
    method,
    path: url.pathname + url.search,
    headers: { ...Object.fromEntries(headers), host: url.host },
    agent: false,
  });
  asking.end(body);
  asking.on("error", () => undefined); // who is answered early may not get to the end of the body
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  const bytes = new Uint8Array(await buffer(answer));
  const { statusCode = 0, statusMessage = "", rawHeaders } = answer;
  const received = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    received.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  const init = { status: statusCode, statusText: statusMessage, headers: received };
  return new Response(bytes.length === 0 ? null : bytes, init);
}
