import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testActor } from "../support/actors.ts";
import { type EdgeWorker, endWorkersAfterEach, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { type RawAnswer, rawRequest } from "../support/edge/raw-request.ts";

const post = (...headers: string[]): string[] => ["POST /echo HTTP/1.1", ...headers];

describe("a request that cannot be served", () => {
  let edge: EdgeWorker;
  beforeAll(async () => {
    edge = await startEdgeWorker();
  });
  afterAll(() => edge.stop());

  it("to no actor's path gets 404", async () => {
    for (const path of ["/", "/echoes", "/nowhere", "/Echo"]) {
      expect(await edge.problem(path)).toMatchObject({
        status: 404,
        code: "http.no_route",
        type: "about:blank",
      });
    }
  });

  it("with a body above the limit gets 413, also where its length was not told", async () => {
    const large = new Uint8Array(262_145);
    expect(await edge.problem("/echo", { method: "POST", body: large })).toMatchObject({ status: 413 });
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let chunk = 0; chunk < 8; chunk++) controller.enqueue(new Uint8Array(65_536));
        controller.close();
      },
    });
    const init = { method: "POST", body: chunks, duplex: "half" } as RequestInit;
    expect(await edge.problem("/echo", init)).toMatchObject({ status: 413, code: "input.too_large" });
    const fits = await edge.fetch("/echo", { method: "POST", body: large.subarray(1) });
    expect(fits.status).toBe(200);
  });

  it("is answered though its sender reads nothing before everything was sent", async () => {
    const init = { method: "POST", body: new Uint8Array(5_000_000) };
    for (let round = 0; round < 5; round++) {
      expect(await edge.problem("/echo", init)).toMatchObject({ status: 413 });
      expect(await edge.problem("/nowhere", init)).toMatchObject({ status: 404 });
    }
  });

  it("because the actor is not linked to what it calls gets 500, without the guest's words", async () => {
    await edge.ask("removeLink", testActor("kvcounter").key, "wasmcloud:keyvalue", "default");
    const problem = await edge.problem("/count");
    expect(problem).toMatchObject({ status: 500, code: "guest.failure", detail: "Failed to handle request" });
  });

  it("to an actor that was stopped gets 502, and 200 again once it was started", async () => {
    await edge.fetch("/echo");
    await edge.ask("stopActor", testActor("echo").key);
    await expect.poll(async () => (await edge.fetch("/echo")).status).toBe(502);
    expect(await edge.problem("/echo")).toMatchObject({ code: "dispatch.no_subscriber" });
    await edge.ask("startActorFrom", "echo");
    await expect.poll(async () => (await edge.fetch("/echo")).status).toBe(200);
  });

  it("whose sender announces too much is refused before any of it has come", async () => {
    const answer = await rawRequest(edge.workerd.url, post("content-length: 262145"));
    expect(answer).toMatchObject({ status: 413, text: expect.stringContaining("input.too_large") });
  });

  it("whose sender announces nothing and never ends is refused when it is too much", async () => {
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const answer = await rawRequest(edge.workerd.url, post("transfer-encoding: chunked"), chunk.repeat(5));
    expect(answer.status).toBe(413);
  });

  it("whose sender breaks off harms nobody", async () => {
    const gone = new AbortController();
    let sent = 0;
    const chunks = new ReadableStream({
      // In turns of its own: what is pulled in one turn without end lets nothing else happen.
      pull: async (controller) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (++sent < 10) controller.enqueue(new Uint8Array(1_000));
        else gone.abort();
      },
    });
    const init = { method: "POST", body: chunks, duplex: "half", signal: gone.signal } as RequestInit;
    const request = fetch(`${edge.workerd.url}/echo`, init).catch((error: Error) => error.name);
    expect(await request).toBe("AbortError");
    expect((await edge.fetch("/echo", { method: "POST", body: "x" })).status).toBe(200);
  });
});

describe("a worker that is not configured correctly", () => {
  endWorkersAfterEach();

  it("answers 500 without its object", async () => {
    const edge = await startEdgeWorker({ withoutObject: true });
    expect(await edge.problem("/echo")).toMatchObject({ status: 500, code: "input.invalid" });
  });

  it.each([
    ["NATS_URL", "http://example.com"],
    ["HOST_LABELS", "no label"],
    ["LATTICE_MODE", "sometimes"],
    ["HOST_SEED", "SNOTASEED"],
    ["HOST_MANIFEST", "actors: 7"],
  ])("answers every request with 500 for a bad %s, and does not quote it", async (name, value) => {
    const edge = await startEdgeWorker({ variables: { [name]: value } });
    for (let attempt = 0; attempt < 2; attempt++) {
      const problem = await edge.problem("/echo");
      expect(problem.status).toBe(500);
      expect(JSON.stringify(problem)).not.toContain(value);
    }
    // The trigger that wakes the host fails too.
    expect(await edge.json("/_scheduled")).toMatch(/^HostError: /);
  });
});

describe("an actor that misbehaves", () => {
  let edge: EdgeWorker;
  /** Lasts as long as a request may: begun first, and looked at last. */
  let slow: Promise<RawAnswer>;
  beforeAll(async () => {
    edge = await startEdgeWorker();
    slow = rawRequest(edge.workerd.url, post("content-length: 100"), "not all of it");
  });
  afterAll(() => edge.stop());

  it.each([
    ["traps", "trap", 502, "guest.trap"],
    ["answers with what is no response", "garbage", 500, "http.bad_answer"],
    ["answers with a status that no response has", "status/99", 500, "http.bad_answer"],
    ["answers with one that is none of its own", "status/101", 500, "http.bad_answer"],
    ["answers with a header that would be two", "bad-header", 500, "http.bad_answer"],
    ["answers with more than is taken", "large/4300000", 502, "input.too_large"],
    // Whichever comes first where the machine is busy.
    ["loops for ever", "spin", 504, expect.stringMatching(/^(guest\.fuel|actor\.deadline)$/)],
    ["waits for ever", "late", 504, "actor.deadline"],
  ])("and %s gets a problem, and the next request is served", async (_what, path, status, code) => {
    expect(await edge.problem(`/web/${path}`)).toMatchObject({ status, code });
    expect((await edge.fetch("/web/fine", { method: "POST", body: "x" })).status).toBe(200);
  });

  it("has no say in what the connection does", async () => {
    const response = await edge.fetch("/web/headers");
    expect(response.status).toBe(201);
    expect(await response.text()).toBe("several letters");
    expect(response.headers.get("x-one")).toBe("1");
    expect(response.headers.get("content-type")).toBe("text/plain");
  });

  it("may answer without a body where there must be none", async () => {
    for (const status of [204, 205, 304]) {
      const response = await edge.fetch(`/web/status/${status}`);
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
  });

  it("for clients that went away does not keep others from being served", async () => {
    const gone = new AbortController();
    const requests = Array.from({ length: 40 }, () =>
      fetch(`${edge.workerd.url}/web/late`, { signal: gone.signal }).catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    gone.abort();
    await Promise.all(requests);
    // By a connection of its own: one that is idle may be closed while the runtime is busy.
    expect((await rawRequest(edge.workerd.url, ["GET /echo HTTP/1.1", "connection: close"])).status).toBe(
      200,
    );
    await expect.poll(async () => (await edge.fetch("/web/fine")).status, { timeout: 15_000 }).toBe(200);
  });

  it("has no part in a request whose sender is too slow", async () => {
    expect(await slow).toMatchObject({ status: 408, text: expect.stringContaining("http.slow_sender") });
  });
});
