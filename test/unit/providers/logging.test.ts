import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { LoggingProvider } from "../../../src/providers/index.ts";
import { RingBufferSink } from "../../../src/telemetry/index.ts";
import { bytes, NOTHING, pack } from "../contracts/payloads.ts";
import { recorded } from "../contracts/recorded.ts";

function logging(): { write: (payload: Uint8Array) => Promise<Uint8Array>; records: () => unknown[] } {
  const sink = new RingBufferSink();
  const provider = new LoggingProvider({ sinks: [sink], now: () => 5 });
  return {
    write: (payload) => provider.handleCall("MA", "WriteLog", payload),
    records: () => sink.records(),
  };
}

describe("a line of an actor", () => {
  it("reaches the sinks as it was recorded, and is answered with zero bytes", async () => {
    const { write, records } = logging();
    expect(await write(bytes(recorded["WriteLog"]))).toEqual(NOTHING);
    expect(records()).toEqual([
      { time: 5, level: "info", scope: "LOGGING_ACTORINFO", message: "[MA] hello", fields: { actor: "MA" } },
    ]);
  });

  it.each([
    ["error", "error", {}],
    ["warn", "warn", {}],
    ["info", "info", {}],
    ["debug", "debug", {}],
    ["trace", "debug", { level: "trace" }],
    ["INFO", "info", {}],
    ["Warn", "warn", {}],
  ])("of the level %s has the level %s", async (level, expected, fields) => {
    const { write, records } = logging();
    await write(pack({ target: "", level, text: "t" }));
    expect(records()).toEqual([
      { time: 5, level: expected, scope: "actor MA", message: "[MA] t", fields: { actor: "MA", ...fields } },
    ]);
  });

  it.each(["fatal", "", "constructor"])(
    "of the unknown level %j is told as such, and succeeds",
    async (level) => {
      const { write, records } = logging();
      await write(pack({ target: "t", level, text: "secret" }));
      expect(records()).toMatchObject([{ level: "error", message: `Unknown log level: ${level}` }]);
    },
  );

  it("that cannot be read is refused, and not logged", async () => {
    const { write, records } = logging();
    for (const payload of [NOTHING, pack({ target: "t", level: "info" }), encode({ target: 1 })]) {
      await expect(write(payload)).rejects.toMatchObject({
        code: "provider.bad_request",
        message: expect.stringMatching(/^Failed to de-serialize: /),
      });
    }
    expect(records()).toEqual([]);
  });
});
