import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MemoryStore, RegistryClient, type RegistryOptions } from "../../../src/index.ts";
import { digestOf, OCI_INDEX, useHandmadeRegistry, WASM_LAYER } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const content = Buffer.from("the bytes of a module");

function client(options: RegistryOptions = {}): RegistryClient {
  return new RegistryClient({ insecure: [registry.name], ...options });
}

function pull(options: RegistryOptions = {}, name = "test:1") {
  return client(options).pull(`${registry.name}/${name}`);
}

function image(...layers: unknown[]) {
  return { schemaVersion: 2, config: {}, layers };
}

describe("an honest image", () => {
  it("of several layers comes in one piece", async () => {
    const layers = ["one ", "two ", "three"].map((text) => registry.blob(Buffer.from(text)));
    registry.manifest(image(...layers));
    const { bytes, mediaType } = await pull();
    expect([Buffer.from(bytes).toString(), mediaType]).toEqual(["one two three", WASM_LAYER]);
  });

  it.each([
    "application/vnd.wasmcloud.provider.archive.layer.v1+par",
    "application/vnd.module.wasm.content.layer.v1+wasm",
    "application/vnd.oci.image.layer.v1.tar",
    "application/wasm",
    "application/vnd.wasm.content.layer.v1+wasm",
  ])("may have a layer of %s", async (mediaType) => {
    registry.manifest(image(registry.blob(content, mediaType)));
    expect((await pull()).mediaType).toBe(mediaType);
  });

  it("may be described in Docker's words", async () => {
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    registry.manifest({ ...image(registry.blob(content)), mediaType }, { mediaType });
    expect(Buffer.from((await pull()).bytes)).toEqual(content);
  });

  it("is found by its digest alone", async () => {
    const { digest } = registry.manifest(image(registry.blob(content)));
    expect((await pull({}, `test@${digest}`)).digest).toBe(digest);
  });

  it("is fetched once for all who want it at one time, and each has a copy of its own", async () => {
    registry.manifest(image(registry.blob(content)));
    const shared = client();
    const images = await Promise.all([1, 2, 3].map(() => shared.pull(`${registry.name}/test:1`)));
    expect(registry.asked.filter(({ path }) => path.includes("/manifests/"))).toHaveLength(1);
    images[0]?.bytes.fill(0);
    expect(images.slice(1).map(({ bytes }) => Buffer.from(bytes))).toEqual([content, content]);
  });
});

describe("a reference to the latest", () => {
  it.each(["test", "test:latest"])("%s is refused before anybody is asked", async (name) => {
    await expect(pull({}, name)).rejects.toMatchObject({
      code: "registry.latest_refused",
      message:
        "Fetching images tagged 'latest' is currently prohibited in this host. This option can be overridden",
    });
    expect(registry.asked).toEqual([]);
  });

  it("is pulled where that is allowed", async () => {
    registry.manifest(image(registry.blob(content)), { tag: "latest" });
    expect(Buffer.from((await pull({ allowLatest: true }, "test")).bytes)).toEqual(content);
  });
});

describe("a layer is refused", () => {
  it("that has other bytes than its digest says", async () => {
    const layer = registry.blob(content);
    registry.manifest(image(layer));
    const other = Buffer.from(content).fill("x");
    registry.route(`/v2/test/blobs/${layer.digest}`, (_, response) => response.end(other));
    await expect(pull()).rejects.toMatchObject({ code: "registry.digest_mismatch" });
  });

  it.each([
    ["less", -1],
    ["more", 1],
  ])("that has %s bytes than the manifest says", async (_how, difference) => {
    const layer = registry.blob(content);
    registry.manifest(image({ ...layer, size: layer.size - difference }));
    await expect(pull()).rejects.toMatchObject({ code: "registry.size_mismatch" });
  });

  it("that does not end: no more of it is read than it should have", async () => {
    const layer = registry.blob(content);
    registry.manifest(image(layer));
    const sent = new Promise<number>((resolve) => {
      registry.route(`/v2/test/blobs/${layer.digest}`, (_, response) => {
        let count = 0;
        const timer = setInterval(() => {
          count += content.length;
          response.write(content);
        }, 1);
        response.on("close", () => {
          clearInterval(timer);
          resolve(count);
        });
      });
    });
    await expect(pull()).rejects.toMatchObject({ code: "registry.size_mismatch" });
    expect(await sent).toBeGreaterThan(0);
  });

  it("that breaks off", async () => {
    const layer = registry.blob(content);
    registry.manifest(image(layer));
    registry.route(`/v2/test/blobs/${layer.digest}`, (_, response) => {
      response.writeHead(200, { "Content-Length": content.length });
      response.write(content.subarray(0, 4), () => response.destroy());
    });
    await expect(pull()).rejects.toMatchObject({ code: "registry.unreachable" });
  });

  it("that is missing", async () => {
    const digest = digestOf(content);
    registry.manifest(image({ mediaType: WASM_LAYER, size: content.length, digest }));
    await expect(pull()).rejects.toMatchObject({ code: "registry.not_found" });
  });

  it("that is larger than allowed, before it is asked for", async () => {
    registry.manifest(image(registry.blob(content), registry.blob(content)));
    await expect(pull({ blobBytes: content.length * 2 - 1 })).rejects.toMatchObject({
      code: "registry.too_large",
    });
    expect(registry.asked.some(({ path }) => path.includes("/blobs/"))).toBe(false);
  });
});

describe("a manifest is refused", () => {
  const refused = (body: unknown, message: RegExp | string) => async () => {
    registry.manifest(body);
    await expect(pull()).rejects.toMatchObject({
      code: "registry.bad_manifest",
      message: expect.stringMatching(message),
    });
  };
  const digest = digestOf(content);

  it("without layers", refused(image(), "^Failed to fetch OCI bytes: no layers to pull$"));
  it(
    "with a layer of another type",
    refused(
      image({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", size: 1, digest }),
      "incompatible layer media type: application/vnd.oci.image.layer.v1.tar\\+gzip$",
    ),
  );
  it(
    "with another digest algorithm",
    refused(
      image({ mediaType: WASM_LAYER, size: 1, digest: `sha512:${"0".repeat(128)}` }),
      "unsupported digest algorithm",
    ),
  );
  it(
    "with a path for a digest",
    refused(image({ mediaType: WASM_LAYER, size: 1, digest: "../../x" }), "unsupported digest algorithm"),
  );
  it("with a negative size", refused(image({ mediaType: WASM_LAYER, size: -1, digest }), "malformed"));
  it("with half a byte", refused(image({ mediaType: WASM_LAYER, size: 0.5, digest }), "malformed"));
  it("of version 1", refused({ ...image(), schemaVersion: 1 }, "schemaVersion"));
  it("that is no object", refused(["x"], "manifest"));
  it("that is null", refused(null, "manifest"));
  it("that is image and index at once", refused({ ...image(), manifests: [] }, "layers and manifests"));
  it("whose media type lies", refused({ ...image(), mediaType: OCI_INDEX }, "not what its media type says"));
  it(
    "with layers without number",
    refused(
      image(...Array.from({ length: 129 }, () => ({ mediaType: WASM_LAYER, size: 0, digest }))),
      "malformed",
    ),
  );

  it("that is not JSON", async () => {
    registry.route("/v2/test/manifests/1", (_, response) => response.end("{"));
    await expect(pull()).rejects.toMatchObject({ code: "registry.bad_manifest" });
  });

  it("whose announced digest is not its own", async () => {
    const body = JSON.stringify(image(registry.blob(content)));
    registry.route("/v2/test/manifests/1", (_, response) => {
      response.writeHead(200, { "Docker-Content-Digest": digest }).end(body);
    });
    await expect(pull()).rejects.toMatchObject({ code: "registry.digest_mismatch" });
  });

  it("that is not the one of the digest it was asked for by", async () => {
    const body = JSON.stringify(image(registry.blob(content)));
    registry.route(`/v2/test/manifests/${digest}`, (_, response) => response.end(body));
    await expect(pull({}, `test@${digest}`)).rejects.toMatchObject({ code: "registry.digest_mismatch" });
  });

  it.each([
    ["says so", true],
    ["does not say so", false],
  ])("that is too large, and %s", async (_how, isAnnounced) => {
    registry.route("/v2/test/manifests/1", (_, response) => {
      if (isAnnounced) response.setHeader("Content-Length", 5_000);
      else response.flushHeaders();
      response.end(Buffer.alloc(5_000, "["));
    });
    await expect(pull({ manifestBytes: 4_096 })).rejects.toMatchObject({ code: "registry.too_large" });
  });
});

describe("an index", () => {
  const indexOf = (...manifests: unknown[]) => ({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const asIndex = { mediaType: OCI_INDEX };
  const container = () =>
    registry.manifest(
      image({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", size: 1, digest: digestOf(content) }),
    );

  it("leads to the first image that fits, whatever its platform", async () => {
    const platform = { os: "unknown", architecture: "unknown" };
    const fitting = registry.manifest(image(registry.blob(content)));
    const index = registry.manifest(indexOf(container(), { ...fitting, platform }), asIndex);
    const pulled = await pull();
    expect([Buffer.from(pulled.bytes), pulled.digest]).toEqual([content, index.digest]);
  });

  it("leads to an image of the kind that is wanted", async () => {
    const archive = "application/vnd.wasmcloud.provider.archive.layer.v1+par";
    const actor = registry.manifest(image(registry.blob(content)));
    const provider = registry.manifest(image(registry.blob(Buffer.from("archive"), archive)));
    registry.manifest(indexOf(actor, provider), asIndex);
    const pulled = await client().pull(`${registry.name}/test:1`, { kind: "provider" });
    expect(pulled.mediaType).toBe(archive);
  });

  it("may be in another, but no deeper", async () => {
    const fitting = registry.manifest(image(registry.blob(content)));
    const inner = registry.manifest(indexOf(fitting), asIndex);
    const middle = registry.manifest(indexOf(inner), asIndex);
    expect(Buffer.from((await pull()).bytes)).toEqual(content);
    registry.manifest(indexOf(middle), asIndex);
    await expect(pull()).rejects.toMatchObject({ code: "registry.no_match" });
  });

  it("that holds itself is no trap", async () => {
    const self = { mediaType: OCI_INDEX, size: 10, digest: digestOf(content) };
    registry.manifest(indexOf(self), asIndex);
    await expect(pull()).rejects.toMatchObject({ code: "registry.not_found" });
  });

  it("without an image that fits is refused", async () => {
    registry.manifest(indexOf(container()), asIndex);
    await expect(pull()).rejects.toMatchObject({ code: "registry.no_match" });
  });

  it("of hundreds is not looked through", async () => {
    const entries = Array.from({ length: 200 }, (_, index) =>
      registry.manifest({ ...image({ mediaType: "x/y", size: 1, digest: digestOf(content) }), index }),
    );
    registry.manifest(indexOf(...entries), asIndex);
    await expect(pull()).rejects.toMatchObject({ code: "registry.no_match", details: { looked: 16 } });
    expect(registry.asked.filter(({ path }) => path.includes("/manifests/sha256:"))).toHaveLength(16);
  });

  it.each([
    ["another size", "registry.size_mismatch", (entry: object) => ({ ...entry, size: 10 })],
    ["a size without end", "registry.too_large", (entry: object) => ({ ...entry, size: 2 ** 40 })],
  ])("that gives a manifest %s is refused", async (_what, code, change) => {
    const fitting = registry.manifest(image(registry.blob(content)));
    registry.manifest(indexOf(change(fitting)), asIndex);
    await expect(pull()).rejects.toMatchObject({ code });
  });

  it("whose manifest was changed is refused", async () => {
    const fitting = registry.manifest(image(registry.blob(content)));
    registry.manifest(indexOf(fitting), asIndex);
    registry.route(`/v2/test/manifests/${fitting.digest}`, (_, response) =>
      response.end(Buffer.alloc(fitting.size, " ")),
    );
    await expect(pull()).rejects.toMatchObject({ code: "registry.digest_mismatch" });
  });
});

describe("what was kept is not used", () => {
  it("when it was damaged in the store", async () => {
    const store = new MemoryStore();
    const layer = registry.blob(content);
    registry.manifest(image(layer));
    await pull({ store });
    const hash = createHash("sha256").update(content).digest("hex");
    await store.set(`oci/blob/${hash}`, Buffer.alloc(content.length));
    expect(Buffer.from((await pull({ store })).bytes)).toEqual(content);
    expect(Buffer.from((await store.get(`oci/blob/${hash}`)) ?? [])).toEqual(content);
  });
});

it("the media type of a manifest may be missing", async () => {
  const body = JSON.stringify(image(registry.blob(content)));
  registry.route("/v2/test/manifests/1", (_, response) => response.end(body));
  expect(Buffer.from((await pull()).bytes)).toEqual(content);
});
