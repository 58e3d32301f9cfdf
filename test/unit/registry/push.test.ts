import { describe, expect, it } from "vitest";
import { RegistryClient } from "../../../src/index.ts";
import { digestOf, useHandmadeRegistry } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const other = useHandmadeRegistry();
const content = Buffer.from("the bytes of a module");
const credentials = { user: "ann", password: "secret" };
const basic = `Basic ${Buffer.from("ann:secret").toString("base64")}`;

function push(name = registry.name) {
  const client = new RegistryClient({
    insecure: [registry.name],
    credentials: () => credentials,
    fetch: (url, init) => fetch(url.replace("https://secure.example", registry.url), init),
  });
  return client.push(`${name}/test:1`, content, { kind: "actor" });
}

/** Takes uploads at an address, and manifests. */
function takeUploads(location: string): void {
  registry.route("/v2/", (request, response) => {
    if (request.headers.authorization === basic) response.end("{}");
    else response.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
  });
  registry.route("/v2/test/blobs/uploads/", (_, response) => {
    response.writeHead(202, { Location: location }).end();
  });
  registry.route("/v2/test/manifests/1", (request, response) => {
    request.resume().on("end", () => response.writeHead(201).end());
  });
}

describe("an upload", () => {
  it.each([
    ["a path", () => "/upload/7?state=x"],
    ["a whole address", () => `${registry.url}/upload/7?state=x`],
    ["a path from here", () => "../../../../upload/7?state=x"],
  ])("goes where the registry says, told as %s", async (_how, location) => {
    takeUploads(location());
    const bodies: string[] = [];
    for (const bytes of [content, Buffer.from("{}")]) {
      const query = `state=x&digest=${encodeURIComponent(digestOf(bytes))}`;
      registry.route(`/upload/7?${query}`, async (request, response) => {
        expect([request.method, request.headers.authorization]).toEqual(["PUT", basic]);
        bodies.push(Buffer.concat(await request.toArray()).toString());
        response.writeHead(201).end();
      });
    }
    await push();
    expect(bodies).toEqual([content.toString(), "{}"]);
  });

  it("to another origin carries no credentials", async () => {
    takeUploads(`${other.url}/upload`);
    for (const bytes of [content, Buffer.from("{}")]) {
      other.route(`/upload?digest=${encodeURIComponent(digestOf(bytes))}`, (request, response) => {
        request.resume().on("end", () => response.writeHead(201).end());
      });
    }
    await push();
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  it("does not go from https to http", async () => {
    takeUploads(`${other.url}/upload`);
    await expect(push("secure.example")).rejects.toMatchObject({ code: "registry.insecure_refused" });
    expect(other.asked).toEqual([]);
  });

  it.each([undefined, "http://", "https://a:b@example.com/"])("does not go to %j", async (location) => {
    takeUploads(location ?? "");
    if (location === undefined) {
      registry.route("/v2/test/blobs/uploads/", (_, response) => response.writeHead(202).end());
    }
    await expect(push()).rejects.toMatchObject({ code: "registry.bad_response" });
  });

  it("is not redirected", async () => {
    takeUploads("/upload");
    registry.route("/v2/test/blobs/uploads/", (_, response) => {
      response.writeHead(307, { Location: other.url }).end();
    });
    await expect(push()).rejects.toMatchObject({ code: "registry.bad_response" });
    expect(other.asked).toEqual([]);
  });
});

describe("a push", () => {
  it("that the registry names differently has failed", async () => {
    takeUploads("/upload");
    for (const bytes of [content, Buffer.from("{}")]) {
      registry.route(`/v2/test/blobs/${digestOf(bytes)}`, (_, response) => response.end());
    }
    registry.route("/v2/test/manifests/1", (request, response) => {
      const headers = { "Docker-Content-Digest": digestOf(content) };
      request.resume().on("end", () => response.writeHead(201, headers).end());
    });
    await expect(push()).rejects.toMatchObject({ code: "registry.digest_mismatch" });
  });

  it("under a digest is refused", async () => {
    const client = new RegistryClient({ insecure: [registry.name] });
    const push = client.push(`${registry.name}/test@${digestOf(content)}`, content, { kind: "actor" });
    await expect(push).rejects.toMatchObject({ code: "registry.invalid_reference" });
    expect(registry.asked).toEqual([]);
  });

  it("of more than is allowed is refused", async () => {
    const client = new RegistryClient({ insecure: [registry.name], blobBytes: 5 });
    const push = client.push(`${registry.name}/test:1`, content, { kind: "actor" });
    await expect(push).rejects.toMatchObject({ code: "registry.too_large" });
    expect(registry.asked).toEqual([]);
  });
});
