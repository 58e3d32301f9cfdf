import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/**
 * Makes providers of `wasmcloud:httpclient`, and has a server for them: `/echo` answers with `{method, url, headers,
 * body}` as JSON and the header `x-one: 1`; `/status/N` with that status; `/bytes/N` with so many bytes, each the low
 * byte of its place; `/redirect/N?TO` with that status and the location TO; `/silent` never.
 */
export interface HttpClientSetting {
  readonly origin: string;
  open(options: { readonly maxResponseBytes: number }): Promise<CapabilityProvider>;
}

interface Answer {
  readonly statusCode: number;
  readonly status: string;
  readonly header: Record<string, string>;
  readonly body: Uint8Array;
}

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: number[];
}

type Ask = (path: string, request?: object) => Promise<Answer>;

const demand = (
  title: string,
  run: (link: (values?: Record<string, string>) => Promise<Ask>, setting: HttpClientSetting) => Promise<void>,
): Demand<HttpClientSetting> => ({
  title,
  run: async (setting) => {
    const actors = new LinkedActors(await setting.open({ maxResponseBytes: 4_000 }));
    const ask: Ask = async (path, request = {}) => {
      const url = path.startsWith("/") ? setting.origin + path : path;
      const whole = { method: "GET", url, headers: {}, body: new Uint8Array(0), ...request };
      return (await actors.ask("Request", whole)) as Answer;
    };
    try {
      await run(async (values) => {
        await actors.link(values);
        return ask;
      }, setting);
    } finally {
      await actors.provider.stop();
    }
  },
});

const echoed = ({ body }: Answer): Echo => JSON.parse(new TextDecoder().decode(body)) as Echo;

/** What every provider of `wasmcloud:httpclient` must do. */
export const httpClientDemands: readonly Demand<HttpClientSetting>[] = [
  demand("a request is sent whole, and its answer comes back whole", async (link) => {
    const ask = await link();
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const headers = { "x-custom": "yes", "Content-Type": "image/png" };
    const answer = await ask("/echo?a=b%20c", { method: "PUT", headers, body });
    same([answer.statusCode, answer.status, answer.header["x-one"]], [200, "OK", "1"]);
    const { method, url, headers: sent, body: got } = echoed(answer);
    same([method, url, sent["x-custom"], sent["content-type"]], ["PUT", "/echo?a=b%20c", "yes", "image/png"]);
    same(got, [...body]);
  }),
  demand("any status is an answer, with the phrase that the Rust libraries know", async (link) => {
    const ask = await link();
    for (const [status, phrase] of [
      [203, "Non Authoritative Information"],
      [404, "Not Found"],
      [418, "I'm a teapot"],
      [500, "Internal Server Error"],
      [599, ""],
    ] as const) {
      const answer = await ask(`/status/${status}`);
      same([answer.statusCode, answer.status], [status, phrase]);
    }
  }),
  demand("redirects are followed, as often as the link allows", async (link) => {
    const ask = await link();
    const answer = await ask("/redirect/302?/redirect/307?/echo");
    same(echoed(answer).url, "/echo");
    const never = await link({ max_redirects: "0" });
    await refused(never("/redirect/302?/echo"), "provider.failure", /too many redirects$/);
  }),
  demand("a response is as large as allowed, or an error", async (link) => {
    const ask = await link();
    const { body } = await ask("/bytes/4000");
    same([body.length, body[3_999]], [4_000, 3_999 & 0xff]);
    await refused(ask("/bytes/4001"), "input.too_large", "The response has more than 4000 bytes");
  }),
  demand("no answer in time, and no server, are errors in the words of old", async (link, { origin }) => {
    const ask = await link({ timeout: "1" });
    await refused(
      ask("/silent"),
      "provider.failure",
      `error sending request for url (${origin}/silent): operation timed out`,
    );
    await refused(ask("http://127.0.0.1:1/"), "provider.failure", /^error sending request for url \(http/);
  }),
  demand("hosts that are not allowed are not asked", async (link) => {
    const ask = await link({ allowed_hosts: "example.com" });
    await refused(ask("/echo"), "provider.denied", /is not among the allowed hosts$/);
  }),
  demand("methods, addresses and headers that are none are refused", async (link) => {
    const ask = await link();
    await refused(ask("/echo", { method: "FETCH" }), "provider.bad_request", "unknown method:  FETCH");
    for (const url of ["", "/relative", "ftp://example.com", "file:///etc/passwd"]) {
      await refused(ask("", { url }), "provider.bad_request");
    }
    for (const headers of [{ "a b": "c" }, { a: "b\r\nc: d" }, { "": "a" }, { a: "\0" }]) {
      await refused(ask("/echo", { headers }), "provider.bad_request");
    }
  }),
  demand("malformed links are refused, and their actors told", async (link) => {
    const ask = await link();
    for (const values of [{ timeout: "soon" }, { max_redirects: "-1" }, { allowed_hosts: "http://a" }]) {
      await refused(link(values as Record<string, string>), "link.invalid");
      await refused(ask("/echo"), "link.invalid");
    }
  }),
  demand("wrong payloads, unknown operations and calls without a link are refused", async (link, setting) => {
    await link();
    const actors = new LinkedActors(await setting.open({ maxResponseBytes: 1 }));
    await refused(actors.ask("Request", {}), "link.not_found");
    await actors.link();
    await refused(actors.ask("Request", { url: "x" }), "provider.bad_request", /^Failed to de-serialize: /);
    await refused(actors.ask("PerformRequest", {}), "provider.unknown_operation", "bad dispatch");
    await actors.provider.stop();
  }),
];
