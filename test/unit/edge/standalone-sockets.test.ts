import { afterEach, describe, expect, it, vi } from "vitest";
import { RuntimeSockets } from "../../../edge/standalone/runtime-sockets.ts";
import { type RuntimeSocket, SocketBridge } from "../../../edge/standalone/socket-bridge.ts";
import { type SocketData, type SocketEnd, SocketPair } from "../../../edge/standalone/socket-pair.ts";
import { UpgradeAnswer } from "../../../edge/standalone/upgrade-answer.ts";

/** All that an end was given so far. */
function heardBy(end: SocketEnd): unknown[] {
  const heard: unknown[] = [];
  end.addEventListener("message", (event) => heard.push((event as MessageEvent).data));
  end.addEventListener("close", (event) => {
    const { code, reason } = event as CloseEvent;
    heard.push({ code, reason });
  });
  return heard;
}

/** As a runtime would have it, with what was done to it. */
function runtimeSocket(waiting = 0): RuntimeSocket & { readonly done: unknown[] } {
  const done: unknown[] = [];
  return {
    done,
    send: (data: SocketData) => void done.push(data),
    close: (...how) => void done.push(how),
    waiting: () => waiting,
  };
}

/** Until everything that was sent has come. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

afterEach(() => vi.useRealTimers());

describe("the ends of a pair", () => {
  it("give what was sent before they were accepted, in order and with the close last", async () => {
    const { 0: client, 1: server } = new SocketPair();
    const heard = heardBy(client);
    server.send("one");
    server.send(Uint8Array.of(0, 1, 2).subarray(1));
    server.close(1013, "enough");
    server.close(1000, "");
    await settled();
    expect(heard).toEqual([]);
    client.accept();
    await settled();
    expect(heard).toEqual(["one", Uint8Array.of(1, 2).buffer, { code: 1013, reason: "enough" }]);
    expect(() => server.send("late")).toThrow(expect.objectContaining({ code: "host.stopped" }));
  });

  it.each([
    ["messages", 1_001, "x"],
    ["characters", 5, "x".repeat(1_048_576)],
  ])("close when too many %s wait", async (_what, count, text) => {
    const { 0: client, 1: server } = new SocketPair();
    const heard = [heardBy(client), heardBy(server)];
    server.accept();
    for (let sent = 0; sent < count; sent++) server.send(text);
    client.accept();
    await settled();
    const ending = { code: 1013, reason: "Too much waits to be sent" };
    expect(heard).toEqual([[ending], [ending]]);
  });

  it("close when the answer never becomes a WebSocket", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { 0: client, 1: server } = new SocketPair();
    const heard = heardBy(server);
    server.accept();
    const answer = client.answer(new Headers());
    expect(answer).toBeInstanceOf(UpgradeAnswer);
    vi.advanceTimersByTime(10_000);
    await settled();
    expect(heard).toEqual([{ code: 1011, reason: "The WebSocket was not opened" }]);
  });
});

describe("a bridge from an end to a runtime's WebSocket", () => {
  it.each([
    [1013, "slow", [1013, "slow"]],
    [4999, "", [4999, ""]],
    [1005, "", []],
    [1006, "", [1011, ""]],
    [1015, "", [1011, ""]],
    [5000, "", [1011, ""]],
  ])("hands on the code %i as it may be sent", async (code, reason, how) => {
    const { 0: client, 1: server } = new SocketPair();
    const socket = runtimeSocket();
    new SocketBridge(client, () => undefined).opened(socket);
    server.accept();
    server.close(code, reason);
    await settled();
    expect(socket.done).toEqual([how]);
  });

  it("tells the worker how the client has closed it, once", async () => {
    const { 0: client, 1: server } = new SocketPair();
    const heard = heardBy(server);
    const over = vi.fn();
    const bridge = new SocketBridge(client, over);
    server.accept();
    bridge.opened(runtimeSocket());
    bridge.received("last");
    bridge.closed(1006, "");
    bridge.closed(1000, "");
    bridge.received("later");
    await settled();
    expect(heard).toEqual(["last", { code: 1006, reason: "" }]);
    expect(over).toHaveBeenCalledTimes(1);
  });

  it("closes for a client that takes nothing", async () => {
    const { 0: client, 1: server } = new SocketPair();
    const heard = heardBy(server);
    const socket = runtimeSocket(16_777_217);
    new SocketBridge(client, () => undefined).opened(socket);
    server.accept();
    server.send("much");
    await settled();
    expect(socket.done).toEqual(["much", [1013, "The client is too slow"]]);
    expect(heard).toEqual([{ code: 1013, reason: "The client is too slow" }]);
  });
});

describe("the WebSockets of a worker", () => {
  it("end with it, before and after the runtime has opened them", async () => {
    const sockets = new RuntimeSockets();
    const bridges: SocketBridge[] = [];
    const server = {
      upgrade: (_request: Request, { data }: { data: SocketBridge }) => bridges.push(data) > 0,
    };
    const ask = (): void => {
      const { 0: client } = new SocketPair();
      sockets.upgrade(new Request("http://a.test"), server, client.answer(new Headers()) as UpgradeAnswer);
    };
    ask();
    ask();
    const [early, late] = [runtimeSocket(), runtimeSocket()];
    bridges[0]?.opened(early);
    sockets.close();
    sockets.close();
    ask();
    for (const bridge of bridges.slice(1)) bridge.opened(late);
    const ending = [1001, "The host was stopped"];
    expect(early.done).toEqual([ending]);
    expect(late.done).toEqual([ending, ending]);
  });

  it("are a problem where there is nothing to make them by", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { 0: client, 1: server } = new SocketPair();
    const heard = heardBy(server);
    server.accept();
    const answer = client.answer(new Headers()) as UpgradeAnswer;
    const response = new RuntimeSockets().upgrade(new Request("http://a.test"), undefined, answer);
    expect(await response.json()).toMatchObject({ status: 500, code: "host.unsupported" });
    expect(log).toHaveBeenCalledTimes(1);
    log.mockRestore();
    await settled();
    expect(heard).toEqual([{ code: 1011, reason: "The request could not be upgraded" }]);
  });
});
