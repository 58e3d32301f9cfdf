import { afterEach, describe, expect, it, vi } from "vitest";
import {
  ConsoleSink,
  Counters,
  Logger,
  type LogRecord,
  RingBufferSink,
} from "../../../src/telemetry/index.ts";

function record(message: string, level: LogRecord["level"] = "info"): LogRecord {
  return { time: 1, level, scope: "test", message };
}

describe("counters", () => {
  it("start at 0 and add up under their names", () => {
    const counters = new Counters();
    expect(counters.get("a")).toBe(0);
    expect(counters.add("a")).toBe(1);
    expect(counters.add("a", 4)).toBe(5);
    expect(counters.get("a")).toBe(5);
    expect(counters.get("b")).toBe(0);
  });

  it("show all at once in the order of their names, as a copy", () => {
    const counters = new Counters();
    for (const name of ["b", "a.z", "a.b"]) counters.add(name);
    const snapshot = counters.snapshot();
    expect(Object.keys(snapshot)).toEqual(["a.b", "a.z", "b"]);
    snapshot["b"] = 9;
    expect(counters.get("b")).toBe(1);
  });

  it("take names that objects have by themselves", () => {
    const counters = new Counters();
    counters.add("__proto__");
    counters.add("constructor");
    expect(counters.get("toString")).toBe(0);
    expect(Object.entries(counters.snapshot())).toEqual([
      ["__proto__", 1],
      ["constructor", 1],
    ]);
  });
});

describe("a logger", () => {
  it("writes time, level, scope, text and fields to every sink", () => {
    const [one, two] = [new RingBufferSink(), new RingBufferSink()];
    const logger = new Logger([one, two], "lattice", () => 42);
    logger.warn("careful", { code: "x" });
    expect(one.records()).toEqual([
      { time: 42, level: "warn", scope: "lattice", message: "careful", fields: { code: "x" } },
    ]);
    expect(two.records()).toEqual(one.records());
  });

  it("leaves fields out where none are given", () => {
    const sink = new RingBufferSink();
    new Logger([sink]).debug("text");
    expect(sink.records()[0]).not.toHaveProperty("fields");
    expect(sink.records()[0]).toMatchObject({ level: "debug", scope: "host" });
  });

  it("has a level for each method, and keeps sinks and clock under another scope", () => {
    const sink = new RingBufferSink();
    const logger = new Logger([sink], "host", () => 7).scoped("control");
    for (const level of ["debug", "info", "warn", "error"] as const) logger[level](level);
    expect(sink.records().map(({ level }) => level)).toEqual(["debug", "info", "warn", "error"]);
    expect(sink.records().every(({ scope, time }) => scope === "control" && time === 7)).toBe(true);
  });
});

describe("the ring buffer", () => {
  it("keeps the newest records, oldest first", () => {
    const sink = new RingBufferSink(3);
    expect(sink.records()).toEqual([]);
    for (const text of ["1", "2"]) sink.write(record(text));
    expect(sink.records().map(({ message }) => message)).toEqual(["1", "2"]);
    for (const text of ["3", "4", "5", "6", "7"]) sink.write(record(text));
    expect(sink.records().map(({ message }) => message)).toEqual(["5", "6", "7"]);
  });

  it("cuts texts that are too long and says so", () => {
    const sink = new RingBufferSink(10, 5);
    sink.write(record("12345"));
    sink.write(record("123456"));
    expect(sink.records().map(({ message }) => message)).toEqual(["12345", "12345…"]);
  });

  it("holds 1,000 records of 10,240 characters unless told otherwise", () => {
    const sink = new RingBufferSink();
    for (let i = 0; i < 1_001; i++) sink.write(record(String(i)));
    sink.write(record("x".repeat(20_000)));
    expect(sink.records()).toHaveLength(1_000);
    expect(sink.records()[0]?.message).toBe("2");
    expect(sink.records().at(-1)?.message).toHaveLength(10_241);
  });
});

describe("the console sink", () => {
  afterEach(() => vi.restoreAllMocks());

  it("writes scope and text with the console's method of that level, fields beside them", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const sink = new ConsoleSink();
    sink.write(record("careful", "warn"));
    sink.write({ ...record("bad", "error"), fields: { code: "x" } });
    expect(warn.mock.calls).toEqual([["test: careful"]]);
    expect(error.mock.calls).toEqual([["test: bad", { code: "x" }]]);
  });

  it("drops what is below its level, debug by default", () => {
    const debug = vi.spyOn(console, "debug").mockImplementation(() => undefined);
    const info = vi.spyOn(console, "info").mockImplementation(() => undefined);
    for (const sink of [new ConsoleSink(), new ConsoleSink("debug"), new ConsoleSink("error")]) {
      sink.write(record("d", "debug"));
      sink.write(record("i", "info"));
    }
    expect(debug).toHaveBeenCalledTimes(1);
    expect(info).toHaveBeenCalledTimes(2);
  });
});
