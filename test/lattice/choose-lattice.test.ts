import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  type ChooseLatticeOptions,
  type ChosenLattice,
  chooseLattice,
} from "../../node/lattice/choose-lattice.ts";
import { startDevBroker } from "../../node/lattice/dev-broker.ts";
import { connectClient } from "../support/nats.ts";

let lines: string[];
let running: { stop(): Promise<void> }[];

beforeEach(() => {
  lines = [];
  running = [];
});
afterEach(async () => {
  for (const each of running) await each.stop();
});

const nothing = { givenUrl: undefined, isInstalled: () => false, canInstall: () => false };

async function choose(options: ChooseLatticeOptions): Promise<ChosenLattice> {
  const lattice = await chooseLattice({ ...nothing, say: (line) => void lines.push(line), ...options });
  running.push(lattice);
  return lattice;
}

/** Proves by a round trip that a lattice is there. */
async function visit(lattice: ChosenLattice): Promise<void> {
  const nc = await connectClient(lattice.webSocketUrl);
  await nc.flush();
  await nc.close();
}

describe("the choice of a lattice", () => {
  test("a reachable NATS_URL comes first and is left running", async () => {
    const given = await startDevBroker();
    running.push(given);
    const lattice = await choose({ givenUrl: given.webSocketUrl, isInstalled: () => true });
    expect(lattice).toMatchObject({ kind: "given", webSocketUrl: given.webSocketUrl });
    await lattice.stop();
    await visit(lattice);
  });

  test("credentials in NATS_URL are kept from pages", async () => {
    const given = await startDevBroker();
    running.push(given);
    const lattice = await choose({ givenUrl: given.webSocketUrl.replace("ws://", "ws://me:secret@") });
    expect(lattice.webSocketUrl).toBe(given.webSocketUrl);
    expect(lines.join("\n")).toContain("credentials");
    expect(lines.join("\n")).not.toContain("secret");
  });

  test.each([
    ["nats://127.0.0.1:4222", "must begin with ws:// or wss://"],
    ["not an address", "must begin with ws:// or wss://"],
    ["ws://127.0.0.1:1", "no NATS server answers"],
  ])("NATS_URL=%s is explained and passed over", async (givenUrl, reason) => {
    const lattice = await choose({ givenUrl });
    expect(lattice.kind).toBe("embedded");
    expect(lines.join("\n")).toContain(reason);
  });

  test("a server that is no NATS server is passed over", async () => {
    const web = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const lattice = await choose({ givenUrl: `ws://127.0.0.1:${port}` });
    await new Promise((resolve) => web.close(resolve));
    expect(lattice.kind).toBe("embedded");
    expect(lines[0]).toContain("no NATS server answers");
  });

  test("a nats-server of the machine comes next", async () => {
    const lattice = await choose({ isInstalled: () => true });
    expect(lattice.kind).toBe("nats-server");
    await visit(lattice);
  });

  test("only the pages that were named may connect to it", async () => {
    const page = "http://127.0.0.1:8080";
    const lattice = await choose({
      isInstalled: () => true,
      allowedOrigins: [page, "http://localhost:8080"],
    });
    const opens = (origin: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(lattice.webSocketUrl, { origin });
        socket.once("open", () => resolve(true)).once("error", () => resolve(false));
        socket.once("open", () => socket.terminate());
      });
    const origins = [page, "http://localhost:8080", "http://localhost:8081", "https://elsewhere.example"];
    expect(await Promise.all(origins.map(opens))).toEqual([true, true, false, false]);
    await visit(lattice);
  });

  test("one that can be installed comes before the embedded broker", async () => {
    let isInstalled = false;
    const install = async (): Promise<void> => {
      isInstalled = true;
    };
    const lattice = await choose({ isInstalled: () => isInstalled, canInstall: () => true, install });
    expect(lattice.kind).toBe("installed");
    await visit(lattice);
  });

  test("a failed installation is told and the embedded broker taken", async () => {
    const install = () => Promise.reject(new Error("no network"));
    const lattice = await choose({ canInstall: () => true, install });
    expect([lattice.kind, lines[0]]).toEqual(["embedded", "no network"]);
  });

  test("the embedded broker comes last, is named as such, and ends", async () => {
    const lattice = await choose({});
    expect([lattice.kind, lattice.label]).toEqual([
      "embedded",
      expect.stringContaining("development broker"),
    ]);
    await visit(lattice);
    await lattice.stop();
    const { hostname, port } = new URL(lattice.webSocketUrl);
    const refusal = new Promise((resolve) => {
      connect(Number(port), hostname).once("error", resolve);
    });
    expect(await refusal).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("taken ports are told and others used", async () => {
    const first = await choose({ isInstalled: () => true });
    lines = [];
    const second = await choose({ isInstalled: () => true });
    expect(second.webSocketUrl).not.toBe(first.webSocketUrl);
    expect(lines).toEqual([
      expect.stringContaining("Port 4222 is taken"),
      expect.stringContaining("Port 4223 is taken"),
    ]);
    await visit(second);
  });
});
