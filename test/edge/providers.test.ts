import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testActor } from "../support/actors.ts";
import { asyncifiedWorker } from "../support/edge/build.ts";
import { type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { type Route, useModuleServer } from "../support/module-server.ts";

const web = useModuleServer();

describe.each([
  ["suspended by the engine", undefined, "jspi"],
  ["rewritten to wait", asyncifiedWorker, "asyncify"],
])("providers on the edge, with guests %s", (_how, directory, hostCalls) => {
  let edge: EdgeWorker;
  beforeAll(async () => {
    edge = await startEdgeWorker(directory === undefined ? {} : { directory });
  });
  afterAll(() => edge.stop());

  it("are reached by host calls that wait in this way", async () => {
    const { actors } = await edge.describe();
    expect(actors.find(({ key }) => key === testActor("website").key)).toMatchObject({ hostCalls });
  });

  it("fetch with method, body and headers", async () => {
    web.route("/echo", (incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on("end", () => response.end(`${incoming.method} ${incoming.headers["x-from"]} ${body}`));
    });
    const response = await edge.fetch(`/web/fetch?${web.origin}/echo`, { method: "PUT", body: "sent" });
    expect(await response.text()).toBe("PUT actor sent");
  });

  it("follow redirects, but no more than the link allows", async () => {
    const to =
      (place: string): Route =>
      (_request, response) =>
        void response.writeHead(302, { location: place }).end();
    web.route("/one", to("/two"));
    web.route("/two", to("/three"));
    web.route("/three", (_request, response) => response.end("arrived"));
    web.route("/zero", to("/one"));
    expect(await (await edge.fetch(`/web/fetch?${web.origin}/one`)).text()).toBe("arrived");
    expect((await edge.problem(`/web/fetch?${web.origin}/zero`)).status).toBe(500);
  });

  it("give a status of failure through, and tell of a server that is not there", async () => {
    expect((await edge.fetch(`/web/fetch?${web.origin}/nothing`)).status).toBe(404);
    expect((await edge.problem("/web/fetch?http://127.0.0.1:1/")).status).toBe(500);
    expect((await edge.problem("/web/fetch?no-address")).status).toBe(500);
  });

  it("give up a server that does not answer", async () => {
    web.route("/silent", () => undefined);
    expect((await edge.problem(`/web/fetch?${web.origin}/silent`)).status).toBe(500);
  });

  it("write what an actor logs", async () => {
    expect(await (await edge.fetch("/web/write")).text()).toBe("0");
  });

  it("give extras", async () => {
    const answers = [await named(edge, "named.test"), await named(edge, "named.test")];
    const values = answers.map(({ body }) => JSON.parse(body) as { sequence: number; guid: string });
    expect(values.map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(values[0]?.guid).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});

describe("routes by host name", () => {
  it("are for that name only", async () => {
    const edge = await startEdgeWorker();
    expect((await named(edge, "other.test")).status).toBe(404);
    expect((await named(edge, "named.test")).status).toBe(200);
    expect((await named(edge, "NAMED.test:8787")).status).toBe(200);
    await edge.stop();
  });
});

/** A request to a host of some name, which `fetch` would not send. */
function named(edge: EdgeWorker, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${edge.workerd.url}/named`, { headers: { host } }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    })
      .on("error", reject)
      .end();
  });
}
