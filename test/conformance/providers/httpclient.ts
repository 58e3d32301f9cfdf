import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/**
 * Makes providers of `wasmcloud:httpclient`, and has a server for them: `/echo` answers with `{method, url, headers,
 * body}` as JSON and the header `x-one: 1`; `/status/N` with that status; `/bytes/N` with so many bytes, each the low
 * byte of its place; `/redirect/N?TO` with that status and the location TO; `/headers` with the headers `x-many`, of two
 * values, `x-text`, the bytes c3 and a9, `x-latin`, the byte e9, and two cookies; `/gzip` with a compressed text; `/silent` never.
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
  marks: Pick<Demand<never>, "needs" | "without"> = {},
): Demand<HttpClientSetting> => ({
  title,
  ...marks,
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

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const echoed = ({ body }: Answer): Echo => JSON.parse(text(body)) as Echo;

const SEEN = { needs: "seen-redirects" } as const;

const messages: readonly Demand<HttpClientSetting>[] = [
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
  demand("a request has any method that fetch has, and a body where that has one", async (link) => {
    const ask = await link();
    const body = Uint8Array.of(1, 2);
    for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const { method: sent, body: got } = echoed(await ask("/echo", { method, body }));
      same([sent, got], [method, method === "GET" ? [] : [1, 2]]);
    }
    const head = await ask("/echo", { method: "HEAD", body });
    same([head.statusCode, head.header["x-one"], head.body.length], [200, "1", 0]);
  }),
  demand(
    "a request has all its headers",
    async (link) => {
      const ask = await link();
      const headers = { Cookie: "a=b", date: "today" };
      const { headers: sent } = echoed(await ask("/echo", { headers }));
      same([sent["cookie"], sent["date"]], ["a=b", "today"]);
    },
    { needs: "all-headers" },
  ),
  demand(
    "a request is not sent without a header that it cannot have",
    async (link) => {
      const ask = await link();
      const message = "This platform does not let a request have the header Cookie";
      await refused(ask("/echo", { headers: { Cookie: "a=b" } }), "provider.failure", message);
    },
    { without: "all-headers" },
  ),
  demand("credentials in an address are sent as a header", async (link, { origin }) => {
    const ask = await link();
    const answer = await ask(`${origin.replace("://", "://us%20er:pass@")}/echo`);
    same(echoed(answer).headers["authorization"], `Basic ${btoa("us er:pass")}`);
  }),
  demand("headers of one name are joined, and what is no visible ASCII is in base64", async (link) => {
    const { header } = await (await link())("/headers");
    same([header["x-many"]?.replace(" ", ""), header["x-text"]], ["1,2", btoa("\xc3\xa9")]);
  }),
  demand(
    "bytes of headers are as they were sent",
    async (link) => {
      const { header } = await (await link())("/headers");
      same(header["x-latin"], btoa("\xe9"));
    },
    { needs: "header-bytes" },
  ),
  demand(
    "bytes of headers that get lost on the way have a mark in their place",
    async (link) => {
      const { header } = await (await link())("/headers");
      same(header["x-latin"], btoa("\xef\xbf\xbd"));
    },
    { without: "header-bytes" },
  ),
  demand(
    "cookies of an answer are its headers",
    async (link) => {
      const { header } = await (await link())("/headers");
      same(header["set-cookie"]?.replace(" ", ""), "a=1,b=2");
    },
    { needs: "all-headers" },
  ),
  demand("a compressed answer is decompressed, and no longer says that it was compressed", async (link) => {
    const { header, body } = await (await link())("/gzip");
    same(text(body), "hello ".repeat(100));
    same([header["content-encoding"], header["content-length"]], [undefined, undefined]);
  }),
  demand("a response is as large as allowed, or an error", async (link) => {
    const ask = await link();
    const { body } = await ask("/bytes/4000");
    same([body.length, body[3_999]], [4_000, 3_999 & 0xff]);
    await refused(ask("/bytes/4001"), "input.too_large", "The response has more than 4000 bytes");
  }),
];

const redirects: readonly Demand<HttpClientSetting>[] = [
  demand("redirects are followed, as often as the link allows", async (link) => {
    const ask = await link();
    const answer = await ask("/redirect/302?/redirect/307?/echo");
    same(echoed(answer).url, "/echo");
    const never = await link({ max_redirects: "0" });
    await refused(never("/redirect/302?/echo"), "provider.failure", /too many redirects$/);
  }),
  demand(
    "redirects are counted",
    async (link) => {
      const ask = await link({ max_redirects: "1" });
      same(echoed(await ask("/redirect/302?/echo")).url, "/echo");
      await refused(ask("/redirect/302?/redirect/302?/echo"), "provider.failure", /too many redirects$/);
    },
    SEEN,
  ),
  demand(
    "a redirected POST becomes a GET without a body, or stays what it is, by its status",
    async (link) => {
      const ask = await link();
      const post = { method: "POST", body: Uint8Array.of(1), headers: { "content-type": "image/png" } };
      for (const [status, method, body, type] of [
        [302, "GET", [], undefined],
        [307, "POST", [1], "image/png"],
      ] as const) {
        const sent = echoed(await ask(`/redirect/${status}?/echo`, post));
        same([sent.method, sent.body, sent.headers["content-type"]], [method, body, type]);
      }
    },
    SEEN,
  ),
  demand(
    "what is secret is not told to another host, and hosts that are not allowed are not asked",
    async (link, { origin }) => {
      const other = origin.replace("127.0.0.1", "localhost");
      const headers = { Authorization: "secret", "x-other": "kept" };
      const ask = await link();
      const near = echoed(await ask("/redirect/302?/echo", { headers }));
      same([near.headers["authorization"], near.headers["x-other"]], ["secret", "kept"]);
      const far = echoed(await ask(`/redirect/302?${other}/echo`, { headers }));
      same([far.headers["authorization"], far.headers["x-other"]], [undefined, "kept"]);
      const listed = await link({ allowed_hosts: "127.0.0.1" });
      const denied = listed(`/redirect/302?${other}/echo`);
      await refused(denied, "provider.denied", /^The host localhost:\d+ is not among the allowed hosts$/);
    },
    SEEN,
  ),
  demand(
    "where redirects are hidden, one that could do harm or lead to other hosts is an error",
    async (link) => {
      const ask = await link();
      const post = ask("/redirect/307?/echo", { method: "POST", body: Uint8Array.of(1) });
      await refused(post, "provider.failure", /: hidden$/);
      const listed = await link({ allowed_hosts: "127.0.0.1" });
      await refused(listed("/redirect/302?/echo"), "provider.failure", /: hidden$/);
    },
    { without: "seen-redirects" },
  ),
];

const problems: readonly Demand<HttpClientSetting>[] = [
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
  demand("malformed links are refused, and the one before goes on", async (link) => {
    const ask = await link();
    for (const values of [{ timeout: "soon" }, { max_redirects: "-1" }, { allowed_hosts: "http://a" }]) {
      await refused(link(values as Record<string, string>), "link.invalid");
      same((await ask("/echo")).statusCode, 200);
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

/** What every provider of `wasmcloud:httpclient` must do. */
export const httpClientDemands: readonly Demand<HttpClientSetting>[] = [
  ...messages,
  ...redirects,
  ...problems,
];
