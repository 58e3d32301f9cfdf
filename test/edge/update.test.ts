import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extractToken, HTTP_CLIENT_PROVIDER, RegistryClient } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { buildWorker } from "../support/edge/build.ts";
import { COMPATIBILITY_DATES, type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { EDGE_HTTP_SERVER_ID, otherContent } from "../support/edge/unbundled.ts";
import { joinedHost, listen, nextEvent, rawClient, subjects } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import { useRegistry } from "../support/registry.ts";
import { type Revisions, revisionsOf } from "../support/revisions.ts";

const server = useNatsServer();
const registry = useRegistry();
const modules = useModuleServer();
const UP = { timeout: 6_000, interval: 50 };
const capabilities = ["wasmcloud:httpserver", "wasmcloud:keyvalue", "wasmcloud:httpclient"];

/** Revision 1 gives bodies back, and those after it tell what they were asked. */
function signed(actor: Revisions, revision: number, claims = {}): Promise<Uint8Array<ArrayBuffer>> {
  const guest = testActor(revision === 1 ? "website" : "echo");
  // What the bundle of the worker has does not run in an isolate of its own.
  const code = otherContent(extractToken(guest.bytes).unsigned, `${actor.key} ${revision}`);
  return actor.sign(revision, { capabilities, ...claims }, code);
}

/** Serves a revision. @returns its address. */
async function served(actor: Revisions, revision: number, claims = {}): Promise<string> {
  const bytes = await signed(actor, revision, claims);
  const name = crypto.randomUUID();
  modules.route(`/${name}.wasm`, (_request, response) => response.end(bytes));
  return `${modules.origin}/${name}.wasm`;
}

async function joined(edge: EdgeWorker): Promise<string> {
  await expect.poll(async () => (await edge.describe()).lattice.state, UP).toBe("connected");
  return (await edge.describe()).id;
}

/** Asks over HTTP which revision of the code serves, once the worker's isolate has heard of it. */
async function expectCode(edge: EdgeWorker, revision: 1 | 2, path = "/live"): Promise<void> {
  const answer = async (): Promise<string> =>
    (await edge.fetch(`${path}/x`, { method: "POST", body: "sent" })).text();
  await expect.poll(answer, UP).toMatch(revision === 1 ? /^sent$/ : /^\{"method":"POST"/);
}

async function revisionsRunning(edge: EdgeWorker, key: string): Promise<readonly number[]> {
  const { actors } = await edge.describe();
  return actors.filter((actor) => actor.key === key).map(({ revision }) => revision);
}

describe("an actor in an isolate of its own", () => {
  let edge: EdgeWorker;
  let listed: { readonly actor: Revisions; readonly address: string };
  beforeAll(async () => {
    const actor = await revisionsOf("website");
    listed = { actor, address: await served(actor, 1) };
    edge = await startEdgeWorker({
      withLoader: true,
      variables: {
        NATS_URL: server.current.webSocketUrl,
        INSECURE_REGISTRIES: registry.current.name,
        HOST_MANIFEST: JSON.stringify({ actors: [listed.address] }),
      },
    });
  });
  afterAll(() => edge.stop());

  /** Starts revision 1 of a new actor, which serves a path of its own. */
  async function started(
    reference: (actor: Revisions) => Promise<string> = (actor) => served(actor, 1),
  ): Promise<{ readonly actor: Revisions; readonly path: string }> {
    const actor = await revisionsOf("website");
    await edge.ask("startActorFrom", await reference(actor));
    const path = `/${actor.key}`;
    const link = { actorId: actor.key, linkName: "default" };
    const http = {
      providerId: EDGE_HTTP_SERVER_ID,
      contractId: "wasmcloud:httpserver",
      values: { PATH: path },
    };
    await edge.ask("setLink", { ...link, ...http });
    const client = { providerId: HTTP_CLIENT_PROVIDER.id, contractId: "wasmcloud:httpclient", values: {} };
    await edge.ask("setLink", { ...link, ...client });
    await expectCode(edge, 1, path);
    return { actor, path };
  }

  it("is updated by command while a call ends on the old module, and is so again after an eviction", async () => {
    const { actor, path } = await started();
    const heard = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    let release = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      modules.route("/slow", (_request, response) => {
        release = () => response.end("from the old one");
        resolve();
      });
    });
    const inFlight = edge.fetch(`${path}/fetch?${modules.origin}/slow`);
    await asked;
    const id = await joined(edge);
    const node = await joinedHost(server.current.webSocketUrl);
    const second = await served(actor, 2);
    await node.host.control.updateActor(id, actor.key, second);
    expect(await nextEvent(heard, id, "ActorUpdateCompleted")).toContain(
      `{"actor":"${actor.key}","old_revision":1,"new_revision":2}`,
    );
    await expectCode(edge, 2, path);
    release();
    expect(await (await inFlight).text()).toBe("from the old one");
    expect((await node.host.control.getHostInventory(id)).actors).toContainEqual(
      expect.objectContaining({ id: actor.key, revision: 2, reference: second }),
    );

    modules.route(new URL(second).pathname, (_request, response) => response.writeHead(404).end());
    await edge.evict();
    await expectCode(edge, 2, path);
    expect(await revisionsRunning(edge, actor.key)).toEqual([2]);
  });

  it("is updated from one image of a registry to another", async () => {
    const { name } = registry.current;
    const client = new RegistryClient({ insecure: [name] });
    const { actor, path } = await started(async (each) => {
      await client.push(`${name}/live:1`, await signed(each, 1), { kind: "actor" });
      await client.push(`${name}/live:2`, await signed(each, 2), { kind: "actor" });
      return `${name}/live:1`;
    });
    const id = await joined(edge);
    const node = await joinedHost(server.current.webSocketUrl);
    await node.host.control.updateActor(id, actor.key, `${name}/live:2`);
    await expectCode(edge, 2, path);
  });

  it("that the manifest lists is not fetched again by the reference that it was updated from", async () => {
    const { actor, address } = listed;
    const fetched = (): number =>
      modules.requests.filter((path) => path === new URL(address).pathname).length;
    await expect.poll(() => revisionsRunning(edge, actor.key), UP).toEqual([1]);
    await edge.ask("updateActorFrom", actor.key, await served(actor, 2));
    const before = fetched();
    await edge.evict();
    expect(await revisionsRunning(edge, actor.key)).toEqual([2]);
    await edge.ask("stopActor", actor.key);
    await edge.evict();
    expect(await revisionsRunning(edge, actor.key)).toEqual([]);
    expect(fetched()).toBe(before);
  });

  it("whose code is in the bundle, and its claims are not, is there again after an eviction as well", async () => {
    const actor = await revisionsOf("echo");
    for (const revision of [1, 2]) {
      const bytes = await actor.sign(revision);
      modules.route(`/code-${revision}.wasm`, (_request, response) => response.end(bytes));
    }
    const [one, two] = [`${modules.origin}/code-1.wasm`, `${modules.origin}/code-2.wasm`];
    expect(await edge.ask("startActorFrom", one)).toMatchObject({ placement: "pooled", revision: 1 });
    await edge.evict();
    expect(await revisionsRunning(edge, actor.key)).toEqual([1]);
    await edge.ask("updateActorFrom", actor.key, two);
    await edge.evict();
    expect(await revisionsRunning(edge, actor.key)).toEqual([2]);
  });

  it("runs on where an update is refused, or does not start", async () => {
    const { actor, path } = await started();
    const other = await revisionsOf("website");
    const faulty = await actor.sign(5, { capabilities }, "faulty-init");
    modules.route("/faulty.wasm", (_request, response) => response.end(faulty));
    const refusals: readonly [string, string][] = [
      [await served(actor, 1), "actor.update_refused"],
      [await served(other, 2), "actor.update_refused"],
      [await served(actor, 2, { issuer: "another" }), "actor.update_refused"],
      [await served(actor, 2, { capabilities: [] }), "actor.update_refused"],
      [`${modules.origin}/faulty.wasm`, "guest.trap"],
      [`${modules.origin}/none.wasm`, "module.fetch_failed"],
    ];
    for (const [reference, code] of refusals) {
      await expect(edge.ask("updateActorFrom", actor.key, reference)).rejects.toMatchObject({ code });
    }
    expect(await revisionsRunning(edge, actor.key)).toEqual([1]);
    await expectCode(edge, 1, path);
  });
});

describe("an actor of the bundle", () => {
  const folder = "build/edge-test/revisions";
  const directory = "build/edge-test/revisions-worker";
  const [compatibilityDate = ""] = COMPATIBILITY_DATES;
  let actor: Revisions;
  beforeAll(async () => {
    actor = await revisionsOf("website");
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/one.wasm`, await signed(actor, 1));
    await writeFile(`${folder}/two.wasm`, await signed(actor, 2));
    await buildWorker("test/edge/worker/revisions-worker.ts", directory);
  });

  it("is updated to another revision in the bundle by its name, and by nothing else", async () => {
    const edge = await startEdgeWorker({
      directory,
      compatibilityDate,
      variables: { NATS_URL: server.current.webSocketUrl },
    });
    const id = await joined(edge);
    await expectCode(edge, 1);
    await expect(edge.ask("updateActorFrom", actor.key, "registry.example.com/live:2")).rejects.toMatchObject(
      {
        code: "module.not_bundled",
        message: expect.stringContaining("is not among the actors of this worker"),
      },
    );
    await expectCode(edge, 1);
    const node = await joinedHost(server.current.webSocketUrl);
    await node.host.control.updateActor(id, actor.key, "two");
    await expectCode(edge, 2);
    await edge.evict();
    await expectCode(edge, 2);
    await joined(edge);
    await node.host.control.stopActor(id, actor.key);
    await expect.poll(async () => (await edge.fetch("/live")).status, UP).toBe(502);
    await node.host.control.startActor(id, "one");
    await expectCode(edge, 1);
    await edge.evict();
    await expectCode(edge, 1);
    await edge.stop();
  });

  it("is updated on a host that joins on demand, and is so again after an eviction", async () => {
    const variables = { NATS_URL: server.current.webSocketUrl, LATTICE_MODE: "on-demand" };
    const edge = await startEdgeWorker({ directory, compatibilityDate, variables });
    await expectCode(edge, 1);
    // A call that finds nobody: the host joins for it, and stays for a while.
    const nobody = testActor("pinger").key;
    await expect(edge.ask("dispatch", nobody, "HandleRequest", new Uint8Array(0))).rejects.toThrow();
    const id = await joined(edge);
    const node = await joinedHost(server.current.webSocketUrl);
    await node.host.control.updateActor(id, actor.key, "two");
    await expectCode(edge, 2);
    await edge.evict();
    await expectCode(edge, 2);
    await edge.stop();
  });
});
