import { describe, expect, it } from "vitest";
import { RegistryClient, type RegistryOptions } from "../../../src/index.ts";
import { useHandmadeRegistry, WASM_LAYER } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const content = Buffer.from("the bytes of a module");

function client(options: RegistryOptions = {}): RegistryClient {
  return new RegistryClient({ insecure: [registry.name], ...options });
}

function reference(): string {
  return `${registry.name}/test:1`;
}

/** Resolves when a request for a path has come, which is never answered; `left` when its client is gone. */
function silence(path: string): { readonly come: Promise<void>; readonly left: Promise<void> } {
  const come = resolvers<void>();
  const left = resolvers<void>();
  registry.route(path, (_, response) => {
    response.on("close", left.resolve);
    come.resolve();
  });
  return { come: come.promise, left: left.promise };
}

describe("a registry that does not answer", () => {
  it.each([
    ["at all", "/v2/"],
    ["about a manifest", "/v2/test/manifests/1"],
  ])("%s is waited for only so long, and then left", async (_what, path) => {
    const { left } = silence(path);
    await expect(client({ timeoutMs: 50 }).pull(reference())).rejects.toMatchObject({
      code: "registry.timeout",
    });
    await left;
  });

  it("in the middle of a layer is waited for only so long, and then left", async () => {
    const layer = registry.blob(content);
    registry.manifest({ schemaVersion: 2, layers: [layer] });
    const left = resolvers<void>();
    registry.route(`/v2/test/blobs/${layer.digest}`, (_, response) => {
      response.on("close", left.resolve);
      response.write(content.subarray(0, 3));
    });
    await expect(client({ idleMs: 50 }).pull(reference())).rejects.toMatchObject({
      code: "registry.timeout",
    });
    await left.promise;
  });

  it("is waited for only so long by a fetch that cannot be stopped", async () => {
    const deaf = client({ timeoutMs: 50, fetch: () => new Promise(() => undefined) });
    await expect(deaf.pull(reference())).rejects.toMatchObject({ code: "registry.timeout" });
  });
});

describe("who gives up", () => {
  it("beforehand asks nobody", async () => {
    const pull = client().pull(reference(), { signal: AbortSignal.abort() });
    await expect(pull).rejects.toMatchObject({ code: "registry.cancelled" });
    expect(registry.asked).toEqual([]);
  });

  it("while waiting leaves the registry", async () => {
    const { come, left } = silence("/v2/test/manifests/1");
    const controller = new AbortController();
    const pull = client().pull(reference(), { signal: controller.signal });
    await Promise.race([come, pull]);
    controller.abort();
    await expect(pull).rejects.toMatchObject({ code: "registry.cancelled" });
    await left;
  });

  it("does not end the pull of others", async () => {
    const layer = registry.blob(content);
    registry.manifest({ schemaVersion: 2, layers: [layer] });
    const held = resolvers<() => void>();
    registry.route(`/v2/test/blobs/${layer.digest}`, (_, response) =>
      held.resolve(() => void response.end(content)),
    );
    const shared = client();
    const controller = new AbortController();
    const impatient = shared.pull(reference(), { signal: controller.signal });
    const patient = shared.pull(reference());
    const go = await held.promise;
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: "registry.cancelled" });
    go();
    expect(Buffer.from((await patient).bytes)).toEqual(content);
  });

  it("by closing ends everything, and starts nothing more", async () => {
    const { come, left } = silence("/v2/test/manifests/1");
    const closed = client();
    const pull = closed.pull(reference());
    await Promise.race([come, pull]);
    await closed.close();
    await closed.close();
    await expect(pull).rejects.toMatchObject({ code: "host.stopped" });
    await left;
    await expect(closed.pull(reference())).rejects.toMatchObject({ code: "host.stopped" });
    const push = closed.push(reference(), content, { kind: "actor" });
    await expect(push).rejects.toMatchObject({ code: "host.stopped" });
  });

  it("on a push leaves the registry", async () => {
    const controller = new AbortController();
    const { come, left } = silence("/v2/test/blobs/uploads/");
    const push = client().push(reference(), content, { kind: "actor", signal: controller.signal });
    await Promise.race([come, push]);
    controller.abort();
    await expect(push).rejects.toMatchObject({ code: "registry.cancelled" });
    await left;
  });
});

describe("a registry that says no", () => {
  it.each([
    [429, { "Retry-After": "17" }, "registry.rate_limited", "asks to be left alone for 17 s"],
    [429, { "Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT" }, "registry.rate_limited", "alone for 0 s"],
    [429, { "Retry-After": "soon" }, "registry.rate_limited", "alone for a while"],
    [403, {}, "registry.unauthorized", "denies access"],
    [404, {}, "registry.not_found", "has no such thing"],
    [500, {}, "registry.refused", "status 500"],
    [204, {}, "registry.refused", "status 204"],
  ])("with %i %o is understood", async (status, headers, code, text) => {
    registry.route("/v2/test/manifests/1", (_, response) => response.writeHead(status, headers).end());
    const message = expect.stringMatching(new RegExp(`^Failed to fetch OCI bytes: .*${text}`));
    await expect(client().pull(reference())).rejects.toMatchObject({ code, message });
  });

  it("is quoted, without what could play tricks on a terminal", async () => {
    registry.route("/v2/test/manifests/1", (_, response) => {
      const errors = [{ code: "DENIED", message: `no \u001b[2J${"x".repeat(9_000)}` }];
      response.writeHead(403).end(JSON.stringify({ errors }));
    });
    const error: unknown = await client()
      .pull(reference())
      .catch((thrown: unknown) => thrown);
    const { message } = error as Error;
    expect(message).toContain("(DENIED: no ?[2Jxxx");
    expect(message.length).toBeLessThan(500);
  });

  it("by not being there is told with what a page can do", async () => {
    const gone = client({ insecure: ["127.0.0.1:1"] }).pull("127.0.0.1:1/test:1");
    await expect(gone).rejects.toMatchObject({
      code: "registry.unreachable",
      hint: expect.stringMatching(/CORS.*proxy/),
    });
  });
});

describe("a page", () => {
  /** What fetch gives to pages instead of a redirect: no status, no headers, no body. */
  const opaque = {
    type: "opaqueredirect",
    status: 0,
    headers: new Headers(),
    body: null,
    ok: false,
    url: "",
  };

  it("lets its browser follow a redirect that it cannot see", async () => {
    const layer = registry.blob(content);
    registry.manifest({ schemaVersion: 2, layers: [{ ...layer, mediaType: WASM_LAYER }] });
    const followed: string[] = [];
    const inPage = client({
      fetch: async (url, init) => {
        if (!url.includes("/blobs/")) return fetch(url, init);
        if (init.redirect === "manual") return opaque as unknown as Response;
        followed.push(url);
        return fetch(url, init);
      },
    });
    expect(Buffer.from((await inPage.pull(reference())).bytes)).toEqual(content);
    expect(followed).toHaveLength(1);
  });
});

it.each<[string, RegistryOptions]>([
  ["no time", { timeoutMs: 0 }],
  ["half a byte", { blobBytes: 0.5 }],
  ["an address for a registry", { insecure: ["http://localhost:5000"] }],
])("a client with %s is refused", (_what, options) => {
  expect(() => new RegistryClient(options)).toThrow(expect.objectContaining({ code: "input.invalid" }));
});

it("a proxy that names no address is refused", async () => {
  const pull = client({ proxy: () => "/registry-proxy" }).pull(reference());
  await expect(pull).rejects.toMatchObject({ code: "input.invalid" });
});

/** `Promise.withResolvers`, which Node 20 has not. */
function resolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
