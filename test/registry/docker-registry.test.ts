import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryStore, RegistryClient, type RegistryOptions } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { registryUser } from "../support/docker-registry.ts";
import { useRegistry } from "../support/registry.ts";
import { startTokenService, type TokenService } from "../support/token-service.ts";

const echo = testActor("echo").bytes;
const archive = new Uint8Array(300_000).map((_, index) => (index * 31) % 251);

function clientOf(name: string, options: RegistryOptions = {}): RegistryClient {
  return new RegistryClient({ insecure: [name], ...options });
}

/** What a first-party 0.18 host sends to get a manifest: protocol section 12 item 6. */
const firstPartyAccept = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(",");

describe("a registry that lets anybody in", () => {
  const registry = useRegistry();

  test("gives back the actor that was pushed, under its tag and its digest", async () => {
    const { name } = registry.current;
    const client = clientOf(name);
    const { digest } = await client.push(`${name}/actors/echo:0.1.0`, echo, { kind: "actor" });
    const byTag = await client.pull(`${name}/actors/echo:0.1.0`, { kind: "actor" });
    const byDigest = await client.pull(`${name}/actors/echo@${digest}`);
    expect([byTag.digest, byDigest.digest]).toEqual([digest, digest]);
    expect(byTag.mediaType).toBe("application/vnd.module.wasm.content.layer.v1+wasm");
    expect(Buffer.compare(byTag.bytes, echo)).toBe(0);
    expect(Buffer.compare(byDigest.bytes, echo)).toBe(0);
  });

  test("gives back a provider archive, with annotations in its manifest", async () => {
    const { name, url } = registry.current;
    const client = clientOf(name);
    const annotations = { "org.opencontainers.image.title": "kv.par.gz" };
    await client.push(`${name}/providers/kv:1`, archive, { kind: "provider", annotations });
    const pulled = await client.pull(`${name}/providers/kv:1`, { kind: "provider" });
    expect(pulled.mediaType).toBe("application/vnd.wasmcloud.provider.archive.layer.v1+par");
    expect(Buffer.compare(pulled.bytes, archive)).toBe(0);
    const manifest = await fetch(`${url}/v2/providers/kv/manifests/1`, {
      headers: { Accept: firstPartyAccept },
    });
    expect(await manifest.json()).toMatchObject({ annotations });
  });

  test("holds manifests that first-party hosts accept", async () => {
    const { name, url } = registry.current;
    await clientOf(name).push(`${name}/actors/echo:first`, echo, { kind: "actor" });
    const headers = { Accept: firstPartyAccept };
    const response = await fetch(`${url}/v2/actors/echo/manifests/first`, { headers });
    const manifest = (await response.json()) as Record<string, unknown>;
    expect(response.headers.get("docker-content-digest")).toMatch(/^sha256:/);
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      layers: [{ mediaType: "application/vnd.module.wasm.content.layer.v1+wasm", size: echo.length }],
    });
    expect(manifest).not.toHaveProperty("mediaType");
  });

  test("gets a layer that it has only once", async () => {
    const { name, log } = registry.current;
    const client = clientOf(name);
    await client.push(`${name}/again/echo:1`, echo, { kind: "actor" });
    const before = uploads(log());
    expect(before).toBeGreaterThan(0);
    await client.push(`${name}/again/echo:2`, echo, { kind: "actor" });
    expect(uploads(log())).toBe(before);
  });

  test("is not asked for a digest that is in the store, also when it is gone", async () => {
    const { name } = registry.current;
    const store = new MemoryStore();
    const { digest } = await clientOf(name).push(`${name}/kept/echo:1`, echo, { kind: "actor" });
    await clientOf(name, { store }).pull(`${name}/kept/echo:1`);
    const alone = clientOf(name, { store, fetch: () => Promise.reject(new TypeError("offline")) });
    const { bytes } = await alone.pull(`${name}/kept/echo@${digest}`);
    expect(Buffer.compare(bytes, echo)).toBe(0);
    await expect(alone.pull(`${name}/kept/echo:1`)).rejects.toMatchObject({ code: "registry.unreachable" });
  });

  test("is asked for a tag each time, so that a moved tag is seen", async () => {
    const { name } = registry.current;
    const client = clientOf(name, { store: new MemoryStore() });
    await client.push(`${name}/moving/it:1`, echo, { kind: "actor" });
    await client.pull(`${name}/moving/it:1`);
    await client.push(`${name}/moving/it:1`, archive, { kind: "provider" });
    expect(Buffer.compare((await client.pull(`${name}/moving/it:1`)).bytes, archive)).toBe(0);
  });

  test("says what it does not have", async () => {
    const { name } = registry.current;
    await expect(clientOf(name).pull(`${name}/actors/none:1`)).rejects.toMatchObject({
      code: "registry.not_found",
      message: expect.stringMatching(/^Failed to fetch OCI bytes: .*MANIFEST_UNKNOWN/),
    });
  });

  test("tells how far a pull is", async () => {
    const { name } = registry.current;
    const client = clientOf(name);
    await client.push(`${name}/progress/it:1`, archive, { kind: "provider" });
    const steps: [number, number][] = [];
    await client.pull(`${name}/progress/it:1`, { onProgress: (done, total) => steps.push([done, total]) });
    expect(steps.at(0)).toEqual([0, archive.length]);
    expect(steps.at(-1)).toEqual([archive.length, archive.length]);
  });
});

describe("a registry that wants a password", () => {
  const registry = useRegistry(() => ({ auth: "basic" }));

  test("lets its user push and pull", async () => {
    const { name } = registry.current;
    const client = clientOf(name, { credentials: async () => registryUser });
    const { digest } = await client.push(`${name}/actors/echo:1`, echo, { kind: "actor" });
    expect((await client.pull(`${name}/actors/echo:1`)).digest).toBe(digest);
  });

  test.each([
    ["nobody", undefined],
    ["a wrong password", { user: "tester", password: "wrong" }],
    ["another user", { user: "other", password: registryUser.password }],
  ])("keeps out %s", async (_who, credentials) => {
    const { name } = registry.current;
    const client = clientOf(name, { credentials: () => credentials });
    const code = "registry.unauthorized";
    await expect(client.pull(`${name}/actors/echo:1`)).rejects.toMatchObject({ code });
    await expect(client.push(`${name}/actors/echo:2`, echo, { kind: "actor" })).rejects.toMatchObject({
      code,
    });
  });
});

describe("a registry with a token service", () => {
  let service: TokenService;
  beforeAll(async () => {
    service = await startTokenService();
  });
  afterAll(() => service.stop());
  const registry = useRegistry(() => ({ auth: service.authLines }));

  test("lets its user push and pull, with tokens for just that", async () => {
    const { name } = registry.current;
    const client = clientOf(name, { credentials: () => registryUser });
    service.asked.length = 0;
    await client.push(`${name}/private/echo:1`, echo, { kind: "actor" });
    const { bytes } = await client.pull(`${name}/private/echo:1`);
    expect(Buffer.compare(bytes, echo)).toBe(0);
    expect(service.asked).toEqual(["repository:private/echo:pull,push", "repository:private/echo:pull"]);
  });

  test("lets anybody pull what is public, with one token for several pulls", async () => {
    const { name } = registry.current;
    const owner = clientOf(name, { credentials: () => registryUser });
    await owner.push(`${name}/public/echo:1`, echo, { kind: "actor" });
    service.asked.length = 0;
    const client = clientOf(name);
    await client.pull(`${name}/public/echo:1`);
    await client.pull(`${name}/public/echo:1`);
    expect(service.asked).toEqual(["repository:public/echo:pull"]);
  });

  test.each([
    ["nobody", undefined],
    ["a wrong password", { user: "tester", password: "wrong" }],
  ])("keeps %s from what is private", async (_who, credentials) => {
    const { name } = registry.current;
    const client = clientOf(name, { credentials: () => credentials });
    await expect(client.pull(`${name}/private/echo:1`)).rejects.toMatchObject({
      code: "registry.unauthorized",
    });
  });
});

function uploads(log: string): number {
  return log.split("\n").filter((line) => line.includes("PUT") && line.includes("/blobs/uploads/")).length;
}
