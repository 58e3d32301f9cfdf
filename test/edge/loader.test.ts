import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeScratchFolder } from "../../node/system/scratch-folder.ts";
import { RegistryClient } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { EDGE_HTTP_SERVER_ID, unbundled } from "../support/edge/unbundled.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useRegistry } from "../support/registry.ts";

const modules = useModuleServer();

const registry = useRegistry();

describe("an actor that is started at run time, in an isolate of its own", () => {
  let edge: EdgeWorker;
  beforeAll(async () => {
    edge = await startEdgeWorker({ withLoader: true });
    await unbundled(modules, "other", "website");
    await edge.ask("startActorFrom", modules.actor("other"));
    const { key } = await unbundled(modules, "other", "website");
    for (const [contractId, providerId, values] of [
      ["wasmcloud:httpserver", EDGE_HTTP_SERVER_ID, { PATH: "/other" }],
      ["wasmcloud:keyvalue", await providerOf(edge, "wasmcloud:keyvalue"), {}],
      ["wasmcloud:httpclient", await providerOf(edge, "wasmcloud:httpclient"), {}],
    ] as const) {
      await edge.ask("setLink", { actorId: key, providerId, contractId, linkName: "default", values });
    }
    await vi.waitFor(async () => expect((await edge.fetch("/other/up")).status).toBe(200), 5_000);
  });
  afterAll(() => edge.stop());

  it("is listed as isolated, with the engine's way to wait", async () => {
    const { key } = await unbundled(modules, "other", "website");
    const { actors } = await edge.describe();
    expect(actors.find((actor) => actor.key === key)).toMatchObject({
      placement: "isolated",
      hostCalls: "jspi",
      reference: modules.actor("other"),
    });
  });

  it("serves HTTP", async () => {
    const response = await edge.fetch("/other/fine", { method: "POST", body: "a body" });
    expect([response.status, await response.text()]).toEqual([200, "a body"]);
  });

  it("calls the host, under its own name", async () => {
    modules.route("/seen", (request, response) => response.end(`from ${request.headers["x-from"]}`));
    const response = await edge.fetch(`/other/fetch?${modules.origin}/seen`);
    expect(await response.text()).toBe("from actor");
  });

  it.each([
    ["trap", 502, "guest.trap"],
    // Whichever comes first where the machine is busy.
    ["spin", 504, expect.stringMatching(/^(guest\.fuel|actor\.deadline)$/)],
    ["late", 504, "actor.deadline"],
  ])("that does %s harms nobody", async (path, status, code) => {
    expect(await edge.problem(`/other/${path}`)).toMatchObject({ status, code });
    expect((await edge.fetch("/other/fine")).status).toBe(200);
    expect((await edge.fetch("/echo")).status).toBe(200);
  });

  it("answers calls of the host, and no more after it was stopped", async () => {
    const { key } = await unbundled(modules, "second", "echo");
    await edge.ask("startActorFrom", modules.actor("second"));
    const payload = new Uint8Array([1, 2, 3]);
    expect(await edge.ask("call", key, "Echo", payload)).toEqual(payload);
    await edge.ask("stopActor", key);
    await expect(edge.ask("call", key, "Echo", payload)).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
    });
  });

  it.each([
    ["that is not signed", "unsigned", "module.unsigned"],
    ["with imports that no host offers", "foreign", "module.unknown_import"],
    ["that is no WebAssembly", "garbage", "module.malformed"],
    ["with an instruction that nobody knows", "bad-code", "module.unknown_instruction"],
    ["whose code is not valid", "bad-types", "module.compile_failed"],
    ["that fails in its start", "faulty-init", "guest.trap"],
  ])("is refused for a module %s", async (_what, name, code) => {
    await unbundled(modules, name, name);
    await expect(edge.ask("startActorFrom", modules.actor(name))).rejects.toMatchObject({ code });
    expect((await edge.fetch("/echo")).status).toBe(200);
  });
});

it("an image of a registry is started by its reference", async () => {
  const { name } = registry.current;
  const client = new RegistryClient({ insecure: [name] });
  const { key, bytes } = await unbundled(modules, "image", "echo");
  await client.push(`${name}/echo:1`, bytes, { kind: "actor" });
  const edge = await startEdgeWorker({ withLoader: true, variables: { INSECURE_REGISTRIES: name } });
  expect(await edge.ask("startActorFrom", `${name}/echo:1`)).toMatchObject({
    key,
    placement: "isolated",
    reference: `${name}/echo:1`,
  });
  const payload = new Uint8Array([1, 2, 3]);
  expect(await edge.ask("call", key, "Echo", payload)).toEqual(payload);
  await edge.stop();
});

it("is there again after an eviction and in another process, without being fetched again", async () => {
  const folder = makeScratchFolder("edge");
  const { key } = await unbundled(modules, "kept", "echo");
  try {
    const first = await startEdgeWorker({ withLoader: true, persist: folder.path });
    await first.ask("startActorFrom", modules.actor("kept"));
    modules.route("/kept.wasm", (_request, response) => response.writeHead(404).end());
    await first.evict();
    const payload = new Uint8Array([7]);
    expect(await first.ask("call", key, "Echo", payload)).toEqual(payload);
    await first.stop();
    const second = await startEdgeWorker({ withLoader: true, persist: folder.path });
    expect(await second.ask("call", key, "Echo", payload)).toEqual(payload);
    await second.stop();
  } finally {
    folder.remove();
  }
});

it("the same module as one of the bundle runs from the bundle", async () => {
  const edge = await startEdgeWorker({ withLoader: true });
  await edge.ask("stopActor", testActor("echo").key);
  expect(await edge.ask("startActorFrom", modules.actor("echo"))).toMatchObject({ placement: "pooled" });
  await edge.stop();
});

async function providerOf(edge: EdgeWorker, contract: string): Promise<string> {
  const { providers } = await edge.describe();
  return providers.find(({ contractId }) => contractId === contract)?.id ?? "";
}
