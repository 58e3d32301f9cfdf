import { readFileSync } from "node:fs";
import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import {
  BLOBSTORE_PROVIDER,
  BlobstoreProvider,
  type CapabilityProvider,
  GRAPHDB_PROVIDER,
  GraphDbProvider,
  HTTP_SERVER_PROVIDER,
  HttpServerProvider,
  KeyValueProvider,
  MemoryStore,
  type ProviderDescriptor,
  STORE_KEYVALUE_PROVIDER,
  StoreBlobs,
  StoreRecords,
} from "../../../src/index.ts";
import { startTestHost, type TestHost, type TestHostOptions } from "../../support/node-host.ts";

/** A host with an actor behind a web server that is asked as a page would. */
class Site {
  readonly test: TestHost;
  readonly server = new HttpServerProvider({ timeoutMs: 5_000 });
  key = "";

  constructor(test: TestHost) {
    this.test = test;
  }

  static async open(actor: string, options: TestHostOptions = {}): Promise<Site> {
    const site = new Site(await startTestHost(options));
    site.key = (await site.test.start(actor)).key;
    await site.provide(HTTP_SERVER_PROVIDER, site.server, { PATH: "/app" });
    return site;
  }

  /** Starts a provider and links the actor to it. */
  async provide(
    descriptor: ProviderDescriptor,
    provider: CapabilityProvider,
    values: Record<string, string> = {},
  ): Promise<void> {
    await this.test.host.startProvider({ descriptor, provider });
    const { id: providerId, contractId } = descriptor;
    await this.test.host.setLink({ actorId: this.key, providerId, linkName: "default", contractId, values });
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.server.handle(new Request(`https://site.test/app${path}`, init));
  }

  async text(path: string, init: RequestInit = {}): Promise<[status: number, text: string]> {
    const response = await this.fetch(path, init);
    return [response.status, await response.text()];
  }
}

const newKeyValue = (store = new MemoryStore()): KeyValueProvider =>
  new KeyValueProvider({ records: new StoreRecords({ store }) });

describe("the URL shortener", () => {
  const shorten = (site: Site, body: string): Promise<Response> => site.fetch("/", { method: "POST", body });

  it("names addresses, leads to them, and counts the visits", async () => {
    const site = await Site.open("urlshortener");
    await site.provide(STORE_KEYVALUE_PROVIDER, newKeyValue());
    const made = await shorten(site, "https://example.com/a?b=c#d");
    expect([made.status, made.headers.get("location")]).toEqual([201, "/app/1"]);
    expect(await made.json()).toEqual({ name: "1" });
    for (let visit = 0; visit < 2; visit++) {
      const led = await site.fetch("/1");
      expect([led.status, led.headers.get("location")]).toEqual([302, "https://example.com/a?b=c#d"]);
    }
    expect(await site.text("/1/visits")).toEqual([200, '{"visits":2}']);
    expect(await site.text("/2")).toEqual([404, "There is no such name"]);
    expect((await (await shorten(site, "http://example.com")).json()) as object).toEqual({ name: "2" });
  });

  it("keeps its names when the host ends and another begins", async () => {
    const store = new MemoryStore();
    const first = await Site.open("urlshortener");
    await first.provide(STORE_KEYVALUE_PROVIDER, newKeyValue(store));
    await shorten(first, "https://example.com/kept");
    await first.test.host.stop();
    const second = await Site.open("urlshortener");
    await second.provide(STORE_KEYVALUE_PROVIDER, newKeyValue(store));
    expect((await second.fetch("/1")).headers.get("location")).toBe("https://example.com/kept");
  });

  it.each([
    ["another scheme", "javascript:alert(1)"],
    ["nothing", ""],
    ["a line break", "https://a\r\nset-cookie: b"],
    ["too long an address", `https://${"x".repeat(3_000)}`],
  ])("refuses %s", async (_, body) => {
    const site = await Site.open("urlshortener");
    await site.provide(STORE_KEYVALUE_PROVIDER, newKeyValue());
    expect((await shorten(site, body)).status).toBe(400);
  });

  it("is a 500 without a store, and a 502 when it is stopped", async () => {
    const site = await Site.open("urlshortener");
    expect(await site.text("/1")).toEqual([500, "Failed to handle request"]);
    await site.test.host.stopActor(site.key);
    expect((await site.text("/1"))[0]).toBe(502);
  });
});

describe("the file drop", () => {
  async function drop(): Promise<Site> {
    const site = await Site.open("filedrop", { limits: { callDeadlineMs: 20_000 } });
    const store = new MemoryStore();
    await site.provide(
      BLOBSTORE_PROVIDER,
      new BlobstoreProvider({ blobs: (root) => new StoreBlobs({ store, root }) }),
    );
    return site;
  }

  /** Asks until the file has arrived at the actor. */
  async function get(site: Site, path: string): Promise<Response> {
    for (let round = 0; round < 200; round++) {
      const response = await site.fetch(path);
      if (response.status !== 202) return response;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error("the file never arrived");
  }

  it("keeps files, lists them, gives them back byte for byte, and removes them", async () => {
    const site = await drop();
    const body = new Uint8Array(300_001).map((_, index) => (index * 31) >> 2);
    expect(await site.text("/large.bin", { method: "PUT", body })).toEqual([201, "kept"]);
    expect(await site.text("/empty", { method: "PUT", body: "" })).toEqual([201, "kept"]);
    expect(await site.text("/")).toEqual([
      200,
      '[{"name":"empty","bytes":0},{"name":"large.bin","bytes":300001}]',
    ]);
    const back = new Uint8Array(await (await get(site, "/large.bin")).arrayBuffer());
    expect(Buffer.compare(back, body)).toBe(0);
    expect((await get(site, "/empty")).status).toBe(200);
    expect(await site.text("/large.bin", { method: "DELETE" })).toEqual([200, "removed"]);
    expect((await get(site, "/large.bin")).status).toBe(404);
    expect(await site.text("/large.bin", { method: "DELETE" })).toEqual([404, "There is no such file"]);
  });

  it("gives the new file after one was replaced", async () => {
    const site = await drop();
    for (const body of ["old one", "new one"]) {
      await site.text("/file", { method: "PUT", body });
      expect(await (await get(site, "/file")).text()).toBe(body);
    }
  });

  it("does not take a name that leads out of its place", async () => {
    const site = await drop();
    expect((await site.text("/..%2fpasswd", { method: "PUT", body: "x" }))[0]).toBe(400);
    expect((await site.text("/a//b", { method: "PUT", body: "x" }))[0]).toBe(500);
    expect(await site.text("/")).toEqual([200, "[]"]);
  });
});

describe("the graph query", () => {
  it("shows the answer of a graph, numbers of all kinds included", async () => {
    const site = await Site.open("graphquery");
    const asked: string[] = [];
    const scalar = (value: object) => ({ kind: "scalar", value }) as const;
    await site.provide(
      GRAPHDB_PROVIDER,
      new GraphDbProvider({
        engine: async () => ({
          query: async (graph, query) => {
            asked.push(`${graph}: ${query}`);
            if (query === "nonsense") throw new Error("syntax error");
            const values = [
              { intValue: 2n ** 53n + 1n },
              { intValue: -(2n ** 40n) },
              { doubleValue: 1.5 },
              {},
            ];
            return { columns: 1, rows: values.map((value) => [scalar(value)]), statistics: ["done"] };
          },
          delete: async () => undefined,
          close: async () => undefined,
        }),
      }),
    );
    const [status, text] = await site.text("/people", { method: "POST", body: "MATCH (n) RETURN n.x" });
    const cell = (name: string, value: string): string =>
      `{${["boolValue", "intValue", "doubleValue", "stringValue"].map((each) => `"${each}":${each === name ? value : "null"}`).join()}}`;
    const cells = [
      cell("intValue", "9007199254740993"),
      cell("intValue", "-1099511627776"),
      cell("doubleValue", "1.5"),
      cell("", ""),
    ];
    expect([status, text]).toEqual([
      200,
      `{"resultSet":{"columns":[{"scalars":[${cells.join()}],"nodes":null,"relations":null}],"statistics":["done"]}}`,
    ]);
    expect(asked).toEqual(["people: MATCH (n) RETURN n.x"]);
    expect(await site.text("/people", { method: "DELETE" })).toEqual([200, '{"success":true}']);
    expect((await site.text("/people", { method: "POST", body: "nonsense" }))[0]).toBe(500);
    const failures = site.test.events.filter(
      (event) => event.type === "call" && event.call.error !== undefined,
    );
    expect(JSON.stringify(failures)).toContain("Graph query failure: syntax error");
  });
});

describe("the samples of an actor", () => {
  const listed = JSON.parse(readFileSync(new URL("../../actors/actors.json", import.meta.url), "utf8")) as {
    readonly actors: readonly {
      readonly name: string;
      readonly samples: readonly { readonly operation: string; readonly payload: unknown }[];
    }[];
  };

  it.each(["urlshortener", "filedrop"])("are answered with its providers: %s", async (name) => {
    const site = await Site.open(name);
    const store = new MemoryStore();
    if (name === "urlshortener") await site.provide(STORE_KEYVALUE_PROVIDER, newKeyValue(store));
    else {
      const blobs = (root: string): StoreBlobs => new StoreBlobs({ store, root });
      await site.provide(BLOBSTORE_PROVIDER, new BlobstoreProvider({ blobs }));
    }
    const samples = listed.actors.find((actor) => actor.name === name)?.samples ?? [];
    expect(samples.length).toBeGreaterThan(1);
    for (const { operation, payload } of samples) {
      const answer = decode(await site.test.call(site.key, operation, payload)) as { statusCode?: number };
      expect(answer.statusCode ?? 200, operation).toBeLessThan(400);
    }
  });
});

describe("an actor of a host with these providers", () => {
  it("serves on where its link is replaced by one that is refused, and whoever looks at the host is told why", async () => {
    const site = await Site.open("filedrop");
    const before = await site.text("/");
    const { id: providerId, contractId } = HTTP_SERVER_PROVIDER;
    await site.test.host.setLink({
      actorId: site.key,
      providerId,
      linkName: "default",
      contractId,
      values: { PATH: "/../etc" },
    });
    const { links } = await site.test.host.describe();
    expect(links).toMatchObject([
      {
        state: "refused",
        reason:
          "The link value PATH must be a comma list of paths such as /app, percent-encoded and without .. segments",
      },
    ]);
    expect(before[0]).not.toBe(404);
    expect(await site.text("/")).toEqual(before);
  });

  it("cannot bind or remove by itself", async () => {
    const site = new Site(await startTestHost());
    site.key = (await site.test.start("faulty")).key;
    await site.provide(STORE_KEYVALUE_PROVIDER, newKeyValue());
    for (const operation of ["BindActor", "RemoveActor", "get"]) {
      const call = { target: "wasmcloud:keyvalue", operation, payload: [0x80] };
      await expect(site.test.call(site.key, "Call", call)).rejects.toThrow("Host error: bad dispatch");
    }
  });
});
