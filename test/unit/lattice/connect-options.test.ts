import { describe, expect, test } from "vitest";
import { resolveNatsOptions } from "../../../src/lattice/connect-options.ts";
import { connectNats } from "../../../src/lattice/index.ts";

const factory = { webSocketFactory: () => ({ addEventListener() {}, close() {} }) };

describe("options of a connection", () => {
  test("have defaults", () => {
    expect(resolveNatsOptions({ servers: "ws://localhost:4222", ...factory })).toMatchObject({
      servers: ["ws://localhost:4222"],
      name: "weblattice",
      connectTimeoutMs: 3_000,
      reconnectWaitMs: 500,
      pingIntervalMs: 20_000,
      drainMs: 2_000,
      maxPendingRequests: 4_096,
    });
  });

  test.each(["", "localhost:4222", "nats://localhost:4222", "http://localhost"])(
    "do not take the address %j",
    async (servers) => {
      await expect(connectNats({ servers, ...factory })).rejects.toMatchObject({ code: "input.invalid" });
    },
  );

  test("do not take or show a password in an address", () => {
    const servers = ["ws://good:1", "wss://user:secret@host:1"];
    expect(() => resolveNatsOptions({ servers, ...factory })).toThrow('"…@host:1" is not the address');
  });

  test("need an address", () => {
    expect(() => resolveNatsOptions({ servers: [], ...factory })).toThrow("No NATS server address");
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("do not take %d ms", (ms) => {
    const options = { servers: "ws://localhost", connectTimeoutMs: ms, ...factory };
    expect(() => resolveNatsOptions(options)).toThrow("connectTimeoutMs must be a whole number");
  });

  test("need a WebSocket", () => {
    const platform = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      expect(() => resolveNatsOptions({ servers: "ws://localhost" })).toThrow("no WebSocket");
    } finally {
      if (platform !== undefined) Object.defineProperty(globalThis, "WebSocket", platform);
    }
  });
});
