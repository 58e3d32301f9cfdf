import { describe, expect, it } from "vitest";
import { LoggingProvider } from "../../../src/providers/index.ts";
import { RingBufferSink } from "../../../src/telemetry/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { loggingDemands } from "../../conformance/providers/logging.ts";
import { bytes, NOTHING } from "../contracts/payloads.ts";
import { recorded } from "../contracts/recorded.ts";

describe("the logging provider, like every one", () => {
  it.each(rows(loggingDemands))("%s", async (_, demand) => {
    await demand.run((sink) => new LoggingProvider({ sinks: [sink], now: () => 5 }));
  });
});

describe("the logging provider", () => {
  it("writes to all its sinks, and answers with zero bytes", async () => {
    const sinks = [new RingBufferSink(), new RingBufferSink()];
    const provider = new LoggingProvider({ sinks });
    expect(await provider.handleCall("MA", "WriteLog", bytes(recorded["WriteLog"]))).toEqual(NOTHING);
    for (const sink of sinks) expect(sink.records()).toMatchObject([{ message: "[MA] hello" }]);
  });
});
