import { describe, expect, it } from "vitest";
import { endWorkersAfterEach, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { EDGE_HTTP_SERVER_ID, unbundled } from "../support/edge/unbundled.ts";
import { useModuleServer } from "../support/module-server.ts";

const modules = useModuleServer();
endWorkersAfterEach();
const UP = { timeout: 6_000, interval: 100 };

describe("a manifest among the worker's variables", () => {
  it("gives labels, starts actors by reference and links them", async () => {
    const { key } = await unbundled(modules, "listed", "website");
    const HOST_MANIFEST = JSON.stringify({
      labels: { zone: "manifest" },
      actors: [modules.actor("listed"), "echo"],
      links: [
        {
          actor: key,
          contract_id: "wasmcloud:httpserver",
          provider_id: EDGE_HTTP_SERVER_ID,
          values: { PATH: "/listed" },
        },
      ],
    });
    const edge = await startEdgeWorker({ withLoader: true, variables: { HOST_MANIFEST } });
    await expect.poll(async () => (await edge.fetch("/listed/fine")).status, UP).toBe(200);
    const { labels, actors } = await edge.describe();
    expect(labels).toMatchObject({ zone: "manifest" });
    expect(actors.filter(({ name }) => name === "Echo")).toHaveLength(1);

    await edge.ask("stopActor", key);
    await edge.evict();
    await edge.fetch("/echo");
    const after = await edge.describe();
    expect(after.actors.map((actor) => actor.key)).not.toContain(key);
  });

  it("serves what it can where an actor cannot be fetched, and tries that again with its heartbeats", async () => {
    const { bytes, key } = await unbundled(modules, "later", "website");
    let asked = 0;
    modules.route("/later.wasm", (_request, response) => {
      if (++asked > 1) response.end(bytes);
      else response.writeHead(503).end();
    });
    const HOST_MANIFEST = JSON.stringify({ actors: [modules.actor("later")] });
    const variables = { HOST_MANIFEST, NATS_URL: "ws://127.0.0.1:1" };
    const edge = await startEdgeWorker({ withLoader: true, variables });
    expect((await edge.fetch("/echo")).status).toBe(200);
    const running = async (): Promise<string[]> => (await edge.describe()).actors.map((actor) => actor.key);
    await expect.poll(running, UP).toContain(key);
  });
});
