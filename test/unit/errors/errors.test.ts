import { describe, expect, it } from "vitest";
import {
  asHostError,
  fromErrorRecord,
  HostError,
  messageOf,
  toErrorRecord,
} from "../../../src/errors/index.ts";

const full = new HostError("actor.deadline", "too late", {
  hint: "Wait less.",
  details: { actor: "MA", ms: 3, final: true },
  cause: new TypeError("below"),
});

describe("a HostError", () => {
  it("is an Error with a stable code, a text, a hint, details and a cause", () => {
    expect(full).toBeInstanceOf(Error);
    expect(full).toMatchObject({
      name: "HostError",
      code: "actor.deadline",
      message: "too late",
      hint: "Wait less.",
      details: { actor: "MA", ms: 3, final: true },
    });
    expect(full.cause).toBeInstanceOf(TypeError);
  });

  it("has no hint, empty details and no cause property unless they are given", () => {
    const bare = new HostError("internal", "text");
    expect(bare.hint).toBeUndefined();
    expect(bare.details).toEqual({});
    expect("cause" in bare).toBe(false);
  });
});

describe("anything thrown", () => {
  it("has a text", () => {
    expect(messageOf(new Error("said"))).toBe("said");
    expect(messageOf("a text")).toBe("a text");
    expect(messageOf(undefined)).toBe("undefined");
    expect(messageOf({ toString: () => "itself" })).toBe("itself");
  });

  it("becomes a HostError with what was thrown as its cause", () => {
    const thrown = new RangeError("out of range");
    const error = asHostError(thrown, "guest.trap");
    expect(error).toMatchObject({ code: "guest.trap", message: "out of range" });
    expect(error.cause).toBe(thrown);
    expect(asHostError("text").code).toBe("internal");
  });

  it("stays what it is if it is a HostError, whatever code is asked for", () => {
    expect(asHostError(full, "internal")).toBe(full);
  });
});

describe("an error record", () => {
  it("carries an error over a border that drops fields", () => {
    const record = toErrorRecord(full);
    expect(structuredClone(record)).toEqual(record);
    expect(JSON.parse(JSON.stringify(record))).toEqual({
      code: "actor.deadline",
      message: "too late",
      hint: "Wait less.",
      details: { actor: "MA", ms: 3, final: true },
      cause: "TypeError: below",
    });
    const back = fromErrorRecord(record);
    expect(back).toBeInstanceOf(HostError);
    expect(toErrorRecord(back)).toEqual(record);
  });

  it("leaves out what the error does not have", () => {
    const record = toErrorRecord(new HostError("internal", "text"));
    expect(record).toEqual({ code: "internal", message: "text", details: {} });
    expect(Object.keys(record)).toEqual(["code", "message", "details"]);
    expect("cause" in fromErrorRecord(record)).toBe(false);
  });

  it("can be made of anything", () => {
    expect(toErrorRecord("no error at all")).toMatchObject({ code: "internal", message: "no error at all" });
    expect(toErrorRecord(null)).toMatchObject({ code: "internal", message: "null" });
  });
});
