import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { startNatsServer } from "../../node/lattice/nats-server.ts";
import { makeScratchFolder } from "../../node/system/scratch-folder.ts";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import {
  COMPATIBILITY_DATES,
  type EdgeWorker,
  endWorkersAfterEach,
  startEdgeWorker,
} from "../support/edge/edge-worker.ts";
import { joinedHost, json, listen, nextEvent, rawClient, subjects, text } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";

const server = useNatsServer();
endWorkersAfterEach();

const echo = testActor("echo");
const UP = { timeout: 6_000, interval: 100 };

/** A member that everybody on the lattice knows. */
async function joinedEdge(
  options: Parameters<typeof startEdgeWorker>[0] = {},
): Promise<{ edge: EdgeWorker; id: string }> {
  const variables = { NATS_URL: server.current.webSocketUrl, ...options.variables };
  const edge = await startEdgeWorker({ ...options, variables });
  await expect.poll(async () => (await edge.describe()).lattice.state, UP).toBe("connected");
  return { edge, id: (await edge.describe()).id };
}

async function inventory(id: string): Promise<{ actors: { id: string }[]; labels: object }> {
  const client = await rawClient(server.current.webSocketUrl);
  const answer = await client.request(subjects.inventory(id), undefined, { timeout: 1_000 });
  return json(answer.data) as { actors: { id: string }[]; labels: object };
}

async function command(id: string, name: "la" | "sa", reference: string): Promise<unknown> {
  const client = await rawClient(server.current.webSocketUrl);
  const data = Buffer.from(JSON.stringify({ actor_ref: reference, host_id: id }));
  return json((await client.request(subjects.command(id, name), data, { timeout: 2_000 })).data);
}

describe.each(COMPATIBILITY_DATES)(
  "a member on the edge, at the compatibility date %s",
  (compatibilityDate) => {
    it("is called by a host on Node, and its actors call that host's", async () => {
      const { edge, id } = await joinedEdge({ compatibilityDate });
      const node = await joinedHost(server.current.webSocketUrl);
      expect(await node.call(echo.key, "Echo", "over the lattice")).toEqual(
        new Uint8Array(Buffer.concat([Buffer.from([0xb0]), Buffer.from("over the lattice")])),
      );
      const { key } = await node.start("ponger");
      const question = encode({ target: key, value: 1 });
      const reply = (await edge.ask("call", testActor("pinger").key, "PingVia", question)) as Uint8Array;
      expect(decode(reply)).toEqual({ value: 43 });
      expect(node.host.id).not.toBe(id);
    });
  },
);

describe("the control interface of a host on the edge", () => {
  it("lists it with labels and actors, stops an actor for good, and starts it by its name", async () => {
    const { edge, id } = await joinedEdge({ variables: { HOST_LABELS: "zone=a, tier=edge" } });
    const labels = { zone: "a", tier: "edge", "hostcore.os": "edge" };
    expect(await inventory(id)).toMatchObject({ labels });
    expect(await command(id, "sa", echo.key)).toEqual({ failure: null });
    await expect.poll(async () => (await edge.fetch("/echo")).status).toBe(502);
    await edge.evict();
    await expect.poll(async () => (await edge.describe()).lattice.state, UP).toBe("connected");
    expect((await inventory(id)).actors.map((actor) => actor.id)).not.toContain(echo.key);
    expect(await command(id, "la", "echo")).toMatchObject({ failure: null });
    await expect.poll(async () => (await edge.fetch("/echo")).status, UP).toBe(200);
    expect((await inventory(id)).actors.map((actor) => actor.id)).toContain(echo.key);
  });

  it("refuses what is not in the bundle, and says why", async () => {
    const { edge } = await joinedEdge();
    await expect(edge.ask("startActorFrom", "registry.example.com/other:1.0.0")).rejects.toMatchObject({
      code: "module.not_bundled",
      hint: "Add it to the worker's actors and deploy again, or bind a Worker Loader.",
    });
  });

  it("hears a heartbeat at each alarm", async () => {
    const heard = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    const { id } = await joinedEdge();
    const first = await nextEvent(heard, id, "Heartbeat");
    expect(first).toContain(echo.key);
    const count = (): number => heard.messages.filter((data) => text(data).includes("Heartbeat")).length;
    await expect.poll(count, UP).toBeGreaterThan(1);
  });
});

describe("HTTP for an actor that runs on another host", () => {
  it("goes there over the lattice", async () => {
    const { edge } = await joinedEdge();
    await edge.ask("stopActor", echo.key);
    const node = await joinedHost(server.current.webSocketUrl);
    await node.start("echo");
    await expect.poll(async () => (await edge.fetch("/echo/there")).status, UP).toBe(200);
    expect(await edge.json("/echo/there")).toMatchObject({ path: "/there" });
  });
});

describe("an object that was evicted", () => {
  it("comes back as the same host, with its links, counters and membership", async () => {
    const { edge, id } = await joinedEdge();
    expect(await edge.json("/count/evicted")).toEqual({ counter: 1 });
    const link = {
      actorId: echo.key,
      providerId: MEMORY_KEYVALUE_PROVIDER.id,
      contractId: "wasmcloud:httpserver",
      linkName: "other",
      values: { a: "b" },
    };
    await edge.ask("setLink", link);
    await edge.ask("removeLink", testActor("pinger").key, "wasmcloud:httpserver", "default");
    await edge.evict();
    expect(await edge.json("/count/evicted")).toEqual({ counter: 2 });
    const { id: after, links } = await edge.describe();
    expect(after).toBe(id);
    expect(links.map(({ state: _state, reason: _reason, ...rest }) => rest)).toContainEqual(link);
    await expect.poll(async () => (await edge.fetch("/ping")).status).toBe(404);
    await expect.poll(async () => (await inventory(id)).actors.length, UP).toBeGreaterThan(0);
  });

  it("is not noticed by requests that need it between two calls", async () => {
    const { edge } = await joinedEdge();
    for (let round = 0; round < 5; round++) {
      expect((await edge.fetch("/echo")).status).toBe(200);
      expect((await edge.fetch("/count/rounds")).status).toBe(200);
      await edge.evict();
    }
    expect(await edge.json("/count/rounds")).toEqual({ counter: 6 });
  });

  it("in the middle of a call leaves a problem, and serves the next request", async () => {
    const { edge } = await joinedEdge();
    await edge.fetch("/web/warm");
    const waiting = edge.problem("/web/late");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await edge.evict();
    expect((await waiting).status).toBeGreaterThanOrEqual(502);
    expect(await edge.json("/count/next")).toEqual({ counter: 1 });
  });

  it("has its state also in another process", async () => {
    const { persist, remove } = scratch();
    try {
      const first = await joinedEdge({ persist });
      await first.edge.json("/count/kept");
      await first.edge.stop();
      const second = await joinedEdge({ persist });
      expect(second.id).toBe(first.id);
      expect(await second.edge.json("/count/kept")).toEqual({ counter: 2 });
      await second.edge.stop();
    } finally {
      remove();
    }
  });
});

describe("a lattice that cannot be reached", () => {
  const nowhere = { NATS_URL: "ws://127.0.0.1:1" };

  it("keeps no request waiting: what needs it gets 503, the rest is served", async () => {
    const edge = await startEdgeWorker({ variables: nowhere });
    expect((await edge.fetch("/echo")).status).toBe(200);
    await edge.ask("setLink", elsewhere);
    await expect
      .poll(async () => (await edge.describe()).lattice.error?.code, UP)
      .toBe("lattice.connect_failed");
    expect(await edge.problem("/count")).toMatchObject({ status: 503, code: "lattice.not_connected" });
    // Unless an alarm rang meanwhile, an object that comes back leaves the next one as it is.
    const isKept = async (): Promise<boolean> => {
      const due = await edge.object("alarmTime");
      await edge.evict();
      await edge.describe();
      return (await edge.object("alarmTime")) === due;
    };
    await expect.poll(isKept, { timeout: 15_000, interval: 10 }).toBe(true);
  });

  it("that comes back is joined again", async () => {
    const first = await startNatsServer();
    const port = Number(new URL(first.webSocketUrl).port);
    const edge = await startEdgeWorker({ variables: { NATS_URL: first.webSocketUrl } });
    const state = async (): Promise<string> => (await edge.describe()).lattice.state;
    await expect.poll(state, UP).toBe("connected");
    await edge.ask("setLink", elsewhere);
    await first.stop();
    await expect.poll(state, UP).not.toBe("connected");
    expect(await edge.problem("/count")).toMatchObject({ status: 503, code: "lattice.not_connected" });
    const second = await startNatsServer({ webSocketPort: port });
    try {
      await expect.poll(state, UP).toBe("connected");
      const { id } = await edge.describe();
      const client = await rawClient(second.webSocketUrl);
      const answer = await client.request(subjects.inventory(id), undefined, { timeout: 2_000 });
      expect(text(answer.data)).toContain(echo.key);
    } finally {
      await edge.stop();
      await second.stop();
    }
  });

  it("for want of the right password is joined as soon as there is one", async () => {
    const locked = await startNatsServer({ config: 'authorization { user: "u", password: "right" }' });
    try {
      const variables = { NATS_URL: locked.webSocketUrl, NATS_USER: "u", NATS_PASSWORD: "wrong" };
      const edge = await startEdgeWorker({ variables });
      const failure = async (): Promise<string | undefined> => (await edge.describe()).lattice.error?.message;
      await expect.poll(failure, UP).toMatch(/credentials/);
      expect((await edge.fetch("/echo")).status).toBe(200);
      const open = await startEdgeWorker({ variables: { ...variables, NATS_PASSWORD: "right" } });
      await expect.poll(async () => (await open.describe()).lattice.state, UP).toBe("connected");
    } finally {
      await locked.stop();
    }
  });
});

/** kvcounter's store is that of a host on Node. */
const elsewhere = {
  actorId: testActor("kvcounter").key,
  providerId: MEMORY_KEYVALUE_PROVIDER.id,
  contractId: "wasmcloud:keyvalue",
  linkName: "default",
  values: {},
};

describe("a member on demand", () => {
  it("joins for a call that needs the lattice, leaves after a while, and joins again for the next", async () => {
    const node = await joinedHost(server.current.webSocketUrl);
    await node.host.startProvider({
      descriptor: MEMORY_KEYVALUE_PROVIDER,
      provider: new MemoryKeyValueProvider(),
    });
    const variables = { NATS_URL: server.current.webSocketUrl, LATTICE_MODE: "on-demand" };
    const edge = await startEdgeWorker({ variables });
    await edge.ask("setLink", elsewhere);
    const state = async (): Promise<string> => (await edge.describe()).lattice.state;
    expect((await edge.fetch("/echo")).status).toBe(200);
    for (const counter of [1, 2]) {
      await expect.poll(state, UP).toBe("standalone");
      expect(await edge.json("/count/on-demand")).toEqual({ counter });
    }
  });

  it("does not leave in the middle of a call, and joins again for one that comes while it leaves", async () => {
    const node = await joinedHost(server.current.webSocketUrl);
    const provider = new MemoryKeyValueProvider();
    const answer = provider.handleCall.bind(provider);
    provider.handleCall = async (...call) => {
      // Longer than the host lingers.
      await new Promise((resolve) => setTimeout(resolve, 700));
      return answer(...call);
    };
    await node.host.startProvider({ descriptor: MEMORY_KEYVALUE_PROVIDER, provider });
    const variables = { NATS_URL: server.current.webSocketUrl, LATTICE_MODE: "on-demand" };
    const edge = await startEdgeWorker({ variables });
    await edge.ask("setLink", elsewhere);
    expect(await edge.json("/count/slow")).toEqual({ counter: 1 });
    const heard = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    await nextEvent(heard, (await edge.describe()).id, "HostStopped");
    expect(await edge.json("/count/slow")).toEqual({ counter: 2 });
  });

  it("tells that it lives by alarms", async () => {
    const heard = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    const variables = { NATS_URL: server.current.webSocketUrl, LATTICE_MODE: "on-demand" };
    const edge = await startEdgeWorker({ variables });
    const { id } = await edge.describe();
    expect(await nextEvent(heard, id, "Heartbeat")).toContain(echo.key);
  });

  it("answers 503 where it cannot join", async () => {
    const variables = { NATS_URL: "ws://127.0.0.1:1", LATTICE_MODE: "on-demand" };
    const edge = await startEdgeWorker({ variables });
    await edge.ask("setLink", elsewhere);
    expect(await edge.problem("/count")).toMatchObject({ status: 503, code: "lattice.not_connected" });
    expect((await edge.fetch("/echo")).status).toBe(200);
  });
});

function scratch(): { readonly persist: string; remove(): void } {
  const folder = makeScratchFolder("edge");
  return { persist: folder.path, remove: () => folder.remove() };
}
