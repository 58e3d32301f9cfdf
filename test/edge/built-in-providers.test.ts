import { decode, encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_IN_PROVIDERS, HTTP_CLIENT_PROVIDER } from "../../src/index.ts";
import { COMPATIBILITY_DATES, type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { EDGE_HTTP_SERVER_ID } from "../support/edge/unbundled.ts";
import { joinedHost, listen, rawClient, text } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import { revisionsOf } from "../support/revisions.ts";

const server = useNatsServer({ jetStream: true });
const modules = useModuleServer();
const UP = { timeout: 6_000, interval: 50 };

const BLOBS = "wasmcloud:blobstore";
const MESSAGES = "wasmcloud:messaging";
const STREAMS = "wasmcloud:eventstreams";
const KEYS = "wasmcloud:keyvalue";
const NAMES: Readonly<Record<string, string>> = {
  [BLOBS]: "weblattice:blobstore",
  [MESSAGES]: "weblattice:messaging",
  [STREAMS]: "weblattice:eventstreams",
  [KEYS]: "weblattice:keyvalue",
};

describe("the providers that an edge host starts by name", () => {
  const [compatibilityDate = ""] = COMPATIBILITY_DATES;
  let edge: EdgeWorker;
  let caller = "";
  let chat = "";
  beforeAll(async () => {
    edge = await startEdgeWorker({
      withLoader: true,
      compatibilityDate,
      variables: {
        NATS_URL: server.current.webSocketUrl,
        HOST_MANIFEST: JSON.stringify({ capabilities: [{ image_ref: NAMES[STREAMS] }] }),
      },
    });
    caller = await start("faulty");
    chat = await start("chat");
  });
  afterAll(() => edge.stop());

  /** Starts an actor that does what a test actor does and may call all providers. */
  async function start(guest: string): Promise<string> {
    const actor = await revisionsOf(guest);
    const bytes = await actor.sign(1, { capabilities: Object.keys(NAMES) });
    modules.route(`/${guest}-all.wasm`, (_request, response) => response.end(bytes));
    await edge.ask("startActorFrom", `${modules.origin}/${guest}-all.wasm`);
    return actor.key;
  }

  async function link(actorId: string, contractId: string, values = {}, linkName = "default"): Promise<void> {
    const { providers } = await edge.describe();
    const providerId = providers.find((each) => each.contractId === contractId)?.id;
    await edge.ask("setLink", { actorId, providerId, contractId, linkName, values });
  }

  /** A host call of the actor to a provider, with values instead of bytes. */
  async function ask(
    target: string,
    operation: string,
    request: unknown,
    binding = "default",
  ): Promise<unknown> {
    const order = encode({ target, operation, payload: encode(request), binding });
    return decode((await edge.ask("call", caller, "Call", order)) as Uint8Array);
  }

  it("are started by command, by the manifest and by the worker's own code, and are there after an eviction", async () => {
    await expect.poll(async () => (await edge.describe()).lattice.state, UP).toBe("connected");
    const node = await joinedHost(server.current.webSocketUrl);
    const { id } = await edge.describe();
    await node.host.control.startProvider(id, "weblattice:messaging", "default");
    await edge.ask("startProviderFrom", "weblattice:blobstore");
    await edge.ask("startProviderFrom", "weblattice:keyvalue", "second");
    await edge.ask("stopProvider", HTTP_CLIENT_PROVIDER.id, "default");
    const running = async (): Promise<string[]> =>
      (await edge.describe()).providers.map(({ contractId, linkName }) => `${contractId}/${linkName}`).sort();
    const expected = [
      `${BLOBS}/default`,
      `${STREAMS}/default`,
      "wasmcloud:extras/default",
      "wasmcloud:httpserver/default",
      `${KEYS}/default`,
      `${KEYS}/second`,
      "wasmcloud:logging/default",
      `${MESSAGES}/default`,
      "wasmcloud:telnet/default",
    ].sort();
    await expect.poll(running, UP).toEqual(expected);
    await edge.evict();
    expect(await running()).toEqual(expected);
    await edge.ask("startProviderFrom", "weblattice:httpclient");
  });

  it("keep files in the object's storage", async () => {
    await link(caller, BLOBS);
    await ask(BLOBS, "CreateContainer", { id: "c" });
    const chunk = (sequenceNo: number, chunkBytes: string): unknown => ({
      chunk: {
        sequenceNo,
        container: { id: "c" },
        id: "file",
        totalBytes: 4,
        chunkSize: 4,
        chunkBytes: new TextEncoder().encode(chunkBytes),
        context: null,
      },
    });
    expect(await ask(BLOBS, "StartUpload", chunk(0, ""))).toMatchObject({ success: true });
    expect(await ask(BLOBS, "UploadChunk", chunk(0, "text"))).toMatchObject({ success: true });
    await edge.evict();
    expect(await ask(BLOBS, "GetObjectInfo", { blob_id: "file", container_id: "c" })).toMatchObject({
      id: "file",
      byteSize: 4,
    });
  });

  it("share their pairs between link names, and lose no change", async () => {
    await link(caller, KEYS);
    await link(caller, KEYS, {}, "second");
    const adds = Array.from({ length: 10 }, (_, index) =>
      ask(KEYS, "Add", { key: "shared", value: 1 }, index % 2 === 0 ? "default" : "second"),
    );
    const counts = (await Promise.all(adds)) as { value: number }[];
    expect(counts.map(({ value }) => value).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("send messages to NATS servers, and bring theirs to actors", async () => {
    const values = { URL: server.current.webSocketUrl };
    await link(caller, MESSAGES, values);
    await link(chat, KEYS);
    await link(chat, MESSAGES, { ...values, SUBSCRIPTION: "to.the.edge" });
    const client = await rawClient(server.current.webSocketUrl);
    const heard = await listen(client, "from.the.edge");
    await ask(MESSAGES, "Publish", {
      subject: "from.the.edge",
      replyTo: "",
      body: new TextEncoder().encode("hello"),
    });
    await expect.poll(() => heard.messages.map(text), UP).toEqual(["hello"]);
    const delivered = async (): Promise<number> => {
      client.publish("to.the.edge", new TextEncoder().encode("hello"));
      return (await edge.describe()).actors.find(({ key }) => key === chat)?.calls ?? 0;
    };
    await expect.poll(delivered, UP).toBeGreaterThan(0);
  });

  it("write events into streams and read them", async () => {
    await link(caller, STREAMS, { URL: server.current.webSocketUrl });
    expect(await ask(STREAMS, "WriteEvent", { streamId: "edge", values: { n: "1" } })).toMatchObject({
      eventId: expect.any(String),
    });
    expect(await ask(STREAMS, "QueryStream", { streamId: "edge", count: 0 })).toMatchObject({
      events: [{ streamId: "edge", values: { n: "1" } }],
    });
  });

  it("are those of all hosts but graphs, and one HTTP server", async () => {
    for (const { name, needsGraphWorker = false, needsHttpFront = false } of BUILT_IN_PROVIDERS) {
      if (!needsGraphWorker && !needsHttpFront) await edge.ask("startProviderFrom", name, "another");
    }
    await expect(edge.ask("startProviderFrom", "weblattice:graphdb")).rejects.toMatchObject({
      code: "provider.not_found",
      message: expect.stringContaining("is not offered by this host"),
    });
    await expect(edge.ask("startProviderFrom", "weblattice:httpserver", "another")).rejects.toMatchObject({
      code: "provider.already_running",
    });
    await edge.ask("stopProvider", EDGE_HTTP_SERVER_ID, "default");
    await expect.poll(async () => (await edge.fetch("/echo")).status, UP).toBe(404);
    await edge.ask("startProviderFrom", "weblattice:httpserver");
    await expect.poll(async () => (await edge.fetch("/echo")).status, UP).toBe(200);
  });
});
