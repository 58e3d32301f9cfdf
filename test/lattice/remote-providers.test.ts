import { decode, encode } from "@msgpack/msgpack";
import { beforeEach, expect, test, vi } from "vitest";
import { nodeProviderWorkerScript } from "../../node/build/node-worker.ts";
import { threadProviderRuntime, webSocketFactory } from "../../node/index.ts";
import { connectNats, KeyPair, MemoryStore, writeProviderArchive } from "../../src/index.ts";
import { unsignedTestActor } from "../support/actors.ts";
import { joinedHost, type Member } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import { signed } from "../unit/actors/signing.ts";

const nats = useNatsServer();
const web = useModuleServer();
const CONTRACT = "example:remote";
const GRANTS = { network: ["127.0.0.1"], storage: true };

let here: Member;
let there: Member;
let actor: string;

/** An actor here that may call what it likes, and a host there that has all kinds of providers. */
beforeEach(async () => {
  const servers = nats.current.webSocketUrl;
  here = await joinedHost(servers);
  there = await joinedHost(servers, {
    configure: (builder) =>
      builder
        .withStore(new MemoryStore())
        .withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript }))
        .withProviderServices({ connect: (options) => connectNats({ webSocketFactory, ...options }) }),
  });
  const contracts = ["keyvalue", "httpclient", "messaging"].map((name) => `wasmcloud:${name}`);
  const { bytes, key } = await signed("faulty", { capabilities: [...contracts, CONTRACT] });
  await here.host.startActor(bytes);
  await here.synced();
  actor = key;
});

/** Links the actor, from its own host, to what was started last on the other, and waits until that was told. */
async function link(values: Record<string, string> = {}): Promise<string> {
  const { id, contractId } = (await there.host.describe()).providers.at(-1) ?? { id: "", contractId: "" };
  await there.synced();
  const definition = { actorId: actor, providerId: id, contractId, linkName: "default", values };
  await here.host.setLink(definition);
  await vi.waitFor(async () =>
    expect((await there.host.describe()).providers.at(-1)?.boundActors).toEqual([actor]),
  );
  return contractId;
}

async function ask(target: string, operation: string, value: unknown): Promise<unknown> {
  return decode(await here.call(actor, "Call", { target, operation, payload: encode(value) }));
}

/** The call came from the lattice, and none was answered beside the actor. */
function expectRoutes(operation: string): void {
  const routes = (member: Member) =>
    member.events.flatMap((event) =>
      event.type === "call" && event.call.operation === operation ? [event.call.route] : [],
    );
  expect(new Set(routes(here))).toEqual(new Set(["outbound"]));
  expect(new Set(routes(there))).toEqual(new Set(["inbound"]));
}

async function startArchive(target: string, code: Uint8Array): Promise<void> {
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("service")]);
  const archive = await writeProviderArchive(
    { subject: subject.publicKey, contractId: CONTRACT, vendor: "Tests", name: "Remote" },
    issuer,
    { targets: new Map([[target, code]]), manifest: new TextEncoder().encode(JSON.stringify(GRANTS)) },
  );
  await there.host.startProviderArchive(archive, { grants: GRANTS });
}

test.each(["weblattice:keyvalue", "weblattice:keyvalue-memory"])(
  "an actor here keeps its values by %s there",
  async (name) => {
    await there.host.startProviderFrom(name);
    const contract = await link();
    await ask(contract, "Set", { key: "k", value: "v", expires: 0 });
    expect(await ask(contract, "Get", { key: "k" })).toEqual({ value: "v", exists: true });
    expectRoutes("Get");
  },
);

test("an actor here makes requests by the HTTP client there, as its link allows", async () => {
  web.route("/hello", (_, response) => response.end("hello"));
  await there.host.startProviderFrom("weblattice:httpclient");
  const contract = await link({ allowed_hosts: "127.0.0.1" });
  const request = { method: "GET", url: `${web.origin}/hello`, headers: {}, body: new Uint8Array(0) };
  expect(await ask(contract, "Request", request)).toMatchObject({
    statusCode: 200,
    body: new Uint8Array(Buffer.from("hello")),
  });
  const elsewhere = { ...request, url: request.url.replace("127.0.0.1", "localhost") };
  await expect(ask(contract, "Request", elsewhere)).rejects.toThrow(/not among the allowed hosts/);
  expectRoutes("Request");
});

test("an actor here publishes by the messaging provider there, and is told what comes", async () => {
  await there.host.startProviderFrom("weblattice:messaging");
  const contract = await link({ URL: nats.current.webSocketUrl, SUBSCRIPTION: "remote.news" });
  const message = { subject: "remote.news", replyTo: "", body: new Uint8Array([1]) };
  await vi.waitFor(async () => {
    expect(await ask(contract, "Publish", message)).toEqual({ published: true });
    expect(
      here.events.some(
        (event) =>
          event.type === "call" && event.call.operation === "HandleMessage" && event.call.route === "inbound",
      ),
    ).toBe(true);
  });
  expectRoutes("Publish");
});

test("an actor here is served by a portable provider there, which calls it back", async () => {
  const code = `export default (host) => ({
    async handleCall(actor, operation, payload) {
      if (operation !== "Work") return new Uint8Array(0);
      await host.storage.set(actor, payload);
      // Afterwards: the actor serves one call at a time, and waits for this answer now.
      const done = Uint8Array.of(0x81, 0xa4, 116, 101, 120, 116, 0xa4, 100, 111, 110, 101);
      setTimeout(() => host.dispatch(actor, "Log", done), 1);
      return host.storage.get(actor);
    },
  })`;
  await startArchive("es2022-any", new TextEncoder().encode(code));
  expect(await ask(await link(), "Work", { some: "work" })).toEqual({ some: "work" });
  await vi.waitFor(() => expect(here.host.actorLog(actor).map(({ message }) => message)).toEqual(["done"]));
  expectRoutes("Work");
});

test("an actor here is served by a provider there that is a waPC guest", async () => {
  web.route("/hello", (_, response) => response.end("hello"));
  await startArchive("wasm32-wapc", unsignedTestActor("relay"));
  const contract = await link({ URL: `${web.origin}/hello` });
  expect(await ask(contract, "Get", {})).toMatchObject({ statusCode: 200 });
  expect(await ask(contract, "Count", {})).toEqual({ count: 1 });
  expectRoutes("Count");
});
